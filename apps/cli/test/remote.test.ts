import { useTestDatabase, type TestDatabase } from '@bfm/testing';
import { expect, it } from 'vitest';
import { connectionsTo } from '../../../test/support/bfm.ts';
import { SERVER_TOKEN, startBfmServer, type BfmServerProcess } from '../../../test/support/bfm-server.ts';
import { makeFolder, parseDocument, runMain, writeFiles, type End } from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_plans.up.sql':
    '-- bfm: schema=core\n-- bfm: tags=tier=critical\nCREATE TABLE plans (id int PRIMARY KEY);\nINSERT INTO plans VALUES (1), (2);\n',
  'postgresql/core/20250101000000_create_plans.down.sql': 'DROP TABLE plans;\n',
  'postgresql/core/20250102000000_name_plans.up.sql':
    '-- bfm: schema=core\nALTER TABLE plans ADD name text;\n',
  'postgresql/tenant/20250103000000_create_users.up.sql':
    '-- bfm: depends-on=core/create_plans\nCREATE TABLE users (id int PRIMARY KEY);\n',
  'postgresql/tenant/20250103000000_create_users.down.sql': 'DROP TABLE users;\n',
  'postgresql/tenant/20250104000000_create_notes.up.sql':
    '-- bfm: tags=team=notes\nCREATE TABLE notes (id int PRIMARY KEY);\nCREATE INDEX notes_id ON notes (id);\n',
  'postgresql/tenant/20250104000000_create_notes.down.sql': 'DROP TABLE notes;\n',
};

const BROKEN = {
  'postgresql/tenant/20250105000000_break.up.sql':
    'CREATE TABLE fine (id int);\nALTER TABLE nowhere ADD x int;\n',
  'postgresql/tenant/20250105000000_break.down.sql': 'DROP TABLE fine;\n',
};

/** Command lines, one after the other on a database that has nothing. */
const COMMANDS: readonly string[] = [
  'status',
  'status --json',
  'plan',
  'plan --json',
  'plan --schema acme',
  'up --dry-run --tag tier=critical',
  'up --tag tier=critical',
  'up --json',
  'up',
  'status --exit-code --schema acme',
  'plan --schemas-from tenants.txt --create-schemas --out plan.json',
  'up --plan plan.json --json',
  'up --plan plan.json',
  'up --schema acme --schema globex --schema initech --schema umbrella --concurrency 1',
  `plan --connection core --schemas-from 'SELECT nspname FROM pg_namespace WHERE nspname ~ $$^a$$'`,
  `status --connection tenant --schemas-from "VALUES ('acme'), ('none')"`,
  'status',
  'status --json',
  'status --quiet',
  'drift',
  'drift --json --schema acme',
  'lint',
  'lint --json',
  'history',
  'history --limit 2 --json',
  'history --schema acme --migration create_notes',
  'down',
  'down --steps 1',
  'down --steps 1 --schema acme --json',
  'down --to 20250103000000 --schema globex --yes',
  'plan --exit-code --schema acme',
  'plan --down --all --schema acme',
  'up --connection shop',
  'up --migration nothing',
  'up --to 2025',
  'up --tag nonsense',
  'up --schema pg_x',
  'up --tag tier=low',
  'down --migration core/name_plans',
  'plan --all-tenants --down --steps 1',
  'up --all-tenants --concurrency 1',
  'status --all-tenants --connection tenant --json',
  'history --all-tenants --connection tenant --limit 1',
  'up --fail-fast --max-failures 2',
];

/** What was applied is edited, and a file that cannot be parsed is beside it. */
const DRIFTED = {
  'postgresql/tenant/20250103000000_create_users.up.sql':
    '-- bfm: depends-on=core/create_plans\nCREATE TABLE users (id bigint PRIMARY KEY);\n',
};

const AFTER_DRIFT: readonly string[] = [
  'drift',
  'drift --json',
  'drift --connection core',
  'status',
  'up --schema acme',
  'plan --schema acme --json',
  'lint --json',
];

const AFTER_BREAK: readonly string[] = [
  'up --schema acme --schema globex --concurrency 1',
  'up --schema acme --json',
  'status',
  'history --limit 3',
];

/** Where a list of commands is run. */
interface Place {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Told extends Pick<End, 'code'> {
  readonly command: string;
  readonly stdout: unknown;
  readonly stderr: unknown;
}

/** Of a document the order of fields means nothing. */
function read(text: string): unknown {
  const told = normal(text);
  return told.startsWith('{') ? parseDocument(told) : told;
}

async function runAll(commands: readonly string[], { folder, args, env }: Place): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const command of commands) {
    const end = await runMain([...words(command), ...args], {
      cwd: folder,
      env: { ...env, NO_COLOR: '1', COLUMNS: '500' },
    });
    told.push({ command, code: end.code, stdout: read(end.stdout), stderr: read(end.stderr) });
  }
  return told;
}

/** The words of a command line; quotes hold spaces together. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** What differs from run to run, and the one line and option that belong to a server. */
function normal(text: string): string {
  return text
    .replaceAll(/^run [0-9a-f-]{36} at http:.*\n/gm, '')
    .replaceAll(/ --(?:sfm|server) [^\s",;)]+/g, '')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'UUID')
    .replaceAll(/ *\d+(?:\.\d)? m?s\b/g, ' TIME')
    .replaceAll(/ +took/g, ' took')
    .replaceAll(/"duration_ms": \d+/g, '"duration_ms": 0')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?/g, 'MOMENT')
    .replaceAll(/\d+@[\w%.]+%3A\d+%2F\w+/g, 'CURSOR')
    .replaceAll(/(?:127\.0\.0\.1|localhost):\d+\/\w+/g, 'DATABASE')
    .replaceAll(/"actor": ".*"/g, '"actor": "WHO"')
    .replaceAll(/ +(?:admin|\S+@\S+)$/gm, ' WHO');
}

/** The same folder and settings twice: on databases themselves, and through a server. */
async function places(
  databases: { readonly direct: Settings; readonly remote: Settings },
  stateUrl: string,
): Promise<readonly [Place, Place, BfmServerProcess]> {
  const folder = makeFolder({ ...TREE, 'tenants.txt': 'acme\nglobex\n' });
  const server = await startBfmServer(folder, { ...databases.remote, BFM_STATE_URL: stateUrl });
  return [
    { folder, args: ['--sfm', '.'], env: databases.direct },
    { folder, args: ['--server', server.url], env: { BFM_TOKEN: SERVER_TOKEN } },
    server,
  ];
}

type Settings = Readonly<Record<string, string>>;

function settings({ url }: Pick<TestDatabase, 'url'>): Settings {
  return {
    ...connectionsTo(url, 'core', 'tenant'),
    TENANT_TENANTS_QUERY: `SELECT 'acme' UNION SELECT 'globex' ORDER BY 1`,
  };
}

const direct = await useTestDatabase(18);
const remote = await useTestDatabase(18);
const state = await useTestDatabase(18);

async function reindex({ call }: BfmServerProcess): Promise<void> {
  expect((await call('/api/v1/migrations/reindex', { method: 'POST' })).status).toBe(200);
}

it('says and answers through a server what it does directly', async () => {
  const [here, there, server] = await places(
    { direct: settings(direct), remote: settings(remote) },
    state.url,
  );
  const expected = await runAll(COMMANDS, here);
  const got = await runAll(COMMANDS, there);
  expect(got).toEqual(expected);
  writeFiles(here.folder, BROKEN);
  await reindex(server);
  const broken = await runAll(AFTER_BREAK, here);
  const gotBroken = await runAll(AFTER_BREAK, there);
  expect(gotBroken).toEqual(broken);
  writeFiles(here.folder, DRIFTED);
  await reindex(server);
  const drifted = await runAll(AFTER_DRIFT, here);
  expect(await runAll(AFTER_DRIFT, there)).toEqual(drifted);
  expect(drifted.map(({ code }) => code)).toEqual([6, 6, 0, 0, 6, 6, 0]);
});

it('says and answers the same of a database that cannot be reached', async () => {
  const away = {
    ...connectionsTo(direct.url, 'core'),
    ...connectionsTo('postgres://nobody@127.0.0.1:1/away', 'tenant'),
  };
  const [here, there] = await places({ direct: away, remote: away }, state.url);
  const commands = [
    'status',
    'status --json',
    'drift',
    'up --schema acme',
    'up --schema acme --json',
    'history',
  ];
  const expected = await runAll(commands, here);
  expect(await runAll(commands, there)).toEqual(expected);
  expect(expected.map(({ code }) => code)).toEqual([8, 8, 8, 8, 8, 8]);
});
