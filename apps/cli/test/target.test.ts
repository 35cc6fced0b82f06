import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, type End } from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int PRIMARY KEY);\n',
  'postgresql/tenant/20250101000000_create_orders.up.sql': 'CREATE TABLE orders (id int PRIMARY KEY);\n',
  'postgresql/logs/20250102000000_create_log.up.sql':
    '-- bfm: depends-on=tenant/create_orders\nCREATE TABLE log (order_id int);\n',
};
const USERS = '20250101000000_create_users_postgresql_core';

const db = await useTestDatabase(18);
const env = Object.fromEntries(
  ['CORE', 'TENANT', 'LOGS'].flatMap((name) => [
    [`${name}_BACKEND`, 'postgresql'],
    [`${name}_URL`, db.url],
  ]),
);
const why = ['--reason', 'because'] as const;
let sfm = '';

beforeEach(async () => {
  sfm = makeFolder(TREE);
  await db.query('DROP SCHEMA IF EXISTS bfm, shop, cli_a, cli_b, outside CASCADE');
  await bfm('up', '--connection', 'core');
  await bfm('up', '--connection', 'tenant', '--schema', 'cli_a', '--schema', 'cli_b');
});

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });

async function json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const end = await bfm(...args, '--json');
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
  return parseDocument(end.stdout);
}

async function refused(
  ...args: readonly string[]
): Promise<Pick<End, 'code'> & { readonly error: ReturnType<typeof parseError> }> {
  const end = await bfm(...args, '--json');
  return { code: end.code, error: parseError(end) };
}

async function exists(schema: string): Promise<boolean> {
  const [row] = await db.query<{ there: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS there', [
    schema,
  ]);
  return row?.there ?? false;
}

describe('bfm target list', () => {
  it('shows what ledgers know, and what has become of it', async () => {
    await db.query('DROP SCHEMA cli_a CASCADE; DROP SCHEMA cli_b CASCADE; CREATE SCHEMA cli_b');
    expect(await json('target', 'list')).toMatchObject({
      targets: [
        { connection: 'core', schema: 'shop', kind: 'fixed', presence: 'here', applied: 1, configured: true },
        { connection: 'tenant', schema: 'cli_a', kind: 'tenant', presence: 'missing' },
        { connection: 'tenant', schema: 'cli_b', presence: 'other', retired_at: null },
      ],
      retired: 0,
    });
    const { stdout } = await bfm('target', 'list', '--connection', 'tenant');
    expect(stdout).toMatch(/tenant\/cli_a +tenant +1 +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d +schema missing/);
    expect(stdout).not.toContain('core/shop');
  });

  it('tells of a ledger that nothing is in, and of connections that are not configured', async () => {
    const only = { CORE_BACKEND: 'postgresql', CORE_URL: db.url };
    const end = await runMain(['target', 'list', '--sfm', sfm], { env: only });
    expect(end.stdout).toMatch(/tenant\/cli_a .*connection not configured/);
    await db.query('DROP SCHEMA bfm CASCADE');
    expect((await bfm('target', 'list')).stdout).toContain('No ledger knows any target yet.');
  });

  it('exits 8 for a database that cannot be reached, and shows the others', async () => {
    const gone = new URL(db.url);
    gone.port = '1';
    const around = { env: { ...env, LOGS_URL: gone.href } };
    const end = await runMain(['target', 'list', '--sfm', sfm], around);
    expect(end.code).toBe(8);
    expect(end.stdout).toContain('core/shop');
    expect(end.stderr).toContain('cannot use PostgreSQL at');
    const alone = { CORE_BACKEND: 'postgresql', CORE_URL: gone.href };
    const none = await runMain(['target', 'list', '--sfm', sfm], { env: alone });
    expect(none).toMatchObject({ code: 8, stdout: '' });
  });
});

describe('bfm target drop', () => {
  it('drops the schema and gives the target up, and a tenant of that name begins anew', async () => {
    expect(await json('target', 'drop', 'tenant/cli_a', '--yes', ...why)).toMatchObject({
      action: 'drop',
      targets: [{ connection: 'tenant', schema: 'cli_a', outcome: 'dropped' }],
    });
    expect(await exists('cli_a')).toBe(false);
    expect(await json('target', 'list', '--connection', 'tenant', '--retired')).toMatchObject({
      targets: [
        { schema: 'cli_a', presence: 'missing', applied: 1 },
        { schema: 'cli_b', retired_at: null },
      ],
      retired: 1,
    });
    expect((await bfm('target', 'list')).stdout).toContain('1 more was given up; --retired shows it');
    expect(await json('history', '--schema', 'cli_a', '--limit', '1')).toMatchObject({
      entries: [
        { kind: 'repaired', migration_id: null, reason: 'because', detail: { action: 'drop', applied: 1 } },
      ],
    });
    expect(await json('up', '--connection', 'tenant', '--schema', 'cli_a')).toMatchObject({
      summary: { applied: 1 },
    });
  });

  it('asks nobody who is not there: --yes is needed', async () => {
    const { code, error } = await refused('target', 'drop', 'tenant/cli_a');
    expect(code).toBe(2);
    expect(error.next).toContain('--yes');
    expect((await bfm('target', 'drop', 'tenant/cli_a', '--dry-run')).stdout).toContain('Drop: 1 schema');
    expect(await exists('cli_a')).toBe(true);
  });

  it('refuses public, a schema that files name, one nobody knows, and one that others have made', async () => {
    const fixed = await refused('target', 'drop', 'core/shop', '--dry-run');
    expect(fixed).toMatchObject({ code: 6, error: { code: 'target.not_droppable' } });
    expect(fixed.error.next).toContain('bfm target drop core/shop --yes');
    expect(await refused('target', 'drop', 'tenant/nowhere', '--yes')).toMatchObject({ code: 4 });
    expect(await refused('target', 'drop', 'tenant/bfm', '--yes')).toMatchObject({ code: 2 });
    expect(await refused('target', 'drop', 'tenant', '--yes')).toMatchObject({ code: 2 });
    await bfm('up', '--connection', 'tenant', '--schema', 'public', '--allow-non-empty');
    expect(await refused('target', 'drop', 'tenant/public', '--yes')).toMatchObject({ code: 6 });
    await db.query(
      'DROP TABLE orders; DROP SCHEMA cli_b CASCADE; CREATE SCHEMA cli_b; CREATE TABLE cli_b.other ()',
    );
    expect(await refused('target', 'drop', 'tenant/cli_b', '--yes')).toMatchObject({
      code: 6,
      error: { message: expect.stringContaining('made anew by others') as unknown },
    });
    expect(await exists('cli_b')).toBe(true);
    expect((await bfm('target', 'drop', 'core/shop', '--yes')).code).toBe(0);
    expect(await exists('shop')).toBe(false);
  });

  it('refuses while anything outside depends on it, and names it', async () => {
    await db.query(`CREATE SCHEMA outside; CREATE VIEW outside.v AS SELECT * FROM cli_a.orders;
      CREATE TABLE outside.t (id int REFERENCES cli_a.orders)`);
    const { error } = await refused('target', 'drop', 'tenant/cli_a', '--yes');
    expect(error.message).toContain('table constraint t_id_fkey on outside.t, view outside.v depend on it');
    await db.query('DROP SCHEMA outside CASCADE');
    expect((await bfm('target', 'drop', 'tenant/cli_a', '--yes')).code).toBe(0);
  });

  it('refuses while migrations of another connection are in the same schema, unless both are named', async () => {
    await bfm('up', '--connection', 'logs', '--schema', 'cli_a', '--allow-non-empty');
    const { code, error } = await refused('target', 'drop', 'tenant/cli_a', '--yes');
    expect(code).toBe(6);
    const messages = (error.details as { faults: readonly { message: string; mend: string }[] }).faults;
    expect(messages.map(({ message }) => message)).toEqual([
      expect.stringContaining('it is a target of logs, too'),
      expect.stringContaining('20250102000000_create_log_postgresql_logs, applied to logs/cli_a, depends on'),
    ]);
    expect(error.next).toBe(`bfm target drop tenant/cli_a logs/cli_a --sfm ${sfm}`);
    expect(await json('target', 'drop', 'tenant/cli_a', 'logs/cli_a', '--yes')).toMatchObject({
      targets: [{ outcome: 'dropped' }, { outcome: 'dropped' }],
    });
    expect(await exists('cli_a')).toBe(false);
  });

  it('drops nothing while another holds the target', async () => {
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    await holder.query("SELECT pg_advisory_lock(hashtextextended('bfm cli_a', 0))");
    const end = await bfm('target', 'drop', 'tenant/cli_a', '--yes', '--lock-wait', '0', '--json');
    await holder.end();
    expect(end.code).toBe(5);
    expect(parseDocument(end.stdout)).toMatchObject({ targets: [{ error: { code: 'target.locked' } }] });
    expect(await exists('cli_a')).toBe(true);
  });
});

describe('bfm repair forget-target', () => {
  it('gives up a target whose schema was dropped by hand, and only that', async () => {
    await db.query('DROP SCHEMA cli_a CASCADE');
    expect(await json('repair', 'forget-target', 'tenant/cli_a', ...why)).toMatchObject({
      action: 'forget-target',
      targets: [{ schema: 'cli_a', outcome: 'forgotten' }],
    });
    expect(await json('target', 'list', '--connection', 'tenant')).toMatchObject({
      targets: [{ schema: 'cli_b' }],
    });
    expect(await refused('repair', 'forget-target', 'tenant/cli_a', ...why)).toMatchObject({ code: 4 });
  });

  it('gives up a target of a connection that is not configured any more', async () => {
    const only = { CORE_BACKEND: 'postgresql', CORE_URL: db.url };
    const end = await runMain(['repair', 'forget-target', 'tenant/cli_a', ...why, '--sfm', sfm], {
      env: only,
    });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('Forgot 1 target.');
    expect(await exists('cli_a')).toBe(true);
    const blocked = await refused('up', '--connection', 'tenant', '--schema', 'cli_a');
    expect(blocked.error.code).toBe('ledger.baseline_required');
  });

  it('waits for a holder no longer than it is told to', async () => {
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    await holder.query("SELECT pg_advisory_lock(hashtextextended('bfm cli_a', 0))");
    const end = await bfm('repair', 'forget-target', 'tenant/cli_a', ...why, '--lock-wait', '0');
    await holder.end();
    expect(end.code).toBe(5);
  });
});

describe('bfm repair rename-connection', () => {
  const renamed = { MAIN_BACKEND: 'postgresql', MAIN_URL: db.url };
  const main = (...args: readonly string[]): Promise<End> =>
    runMain([...args, '--sfm', sfm], { env: renamed });

  beforeEach(async () => {
    await db.query('DROP SCHEMA IF EXISTS bfm, shop, cli_a, cli_b CASCADE');
    await bfm('up', '--connection', 'core');
    sfm = makeFolder({
      'postgresql/core/20250101000000_create_users.up.sql':
        TREE['postgresql/core/20250101000000_create_users.up.sql'],
    });
    renameSync(join(sfm, 'postgresql/core'), join(sfm, 'postgresql/main'));
  });

  it('is named by the error for a ledger of other names, and works as it is named', async () => {
    const end = await main('up', '--json');
    expect(end.code).toBe(6);
    const { code, next = '' } = parseError(end);
    expect(code).toBe('ledger.other_connection');
    const [command = ''] = /bfm (repair rename-connection core main --reason WHY)/.exec(next) ?? [];
    const mended = await main(...command.replace('WHY', 'tested').split(' ').slice(1));
    expect(mended.stdout).toContain('Renamed 1 target.');
    expect((await main('up')).stdout).toContain('Nothing to do');
    const status = parseDocument((await main('status', '--json')).stdout);
    expect(status).toMatchObject({
      targets: [{ connection: 'main', schema: 'shop', applied: 1, drift: [] }],
    });
    const history = parseDocument((await main('history', '--json')).stdout);
    expect(history).toMatchObject({
      entries: [
        { migration_id: null, detail: { action: 'rename-connection', from: 'core', to: 'main' } },
        { migration_id: USERS },
      ],
    });
    expect(
      await db.query(`SELECT s.digest = bit_xor(bfm.row_digest(l.revision_id, l.status)) AS sound
        FROM bfm.scope s JOIN bfm.ledger l USING (scope_id) GROUP BY s.scope_id`),
    ).toEqual([{ sound: true }]);
  });

  it('refuses a name that the ledger does not know, and one that has the same schema already', async () => {
    const both = { ...renamed, CORE_BACKEND: 'postgresql', CORE_URL: db.url };
    const unknown = await runMain(
      ['repair', 'rename-connection', 'other', 'main', ...why, '--json', '--sfm', sfm],
      { env: both },
    );
    expect(unknown.code).toBe(4);
    await runMain(['up', '--allow-non-empty', '--sfm', sfm], { env: both });
    const taken = await runMain(
      ['repair', 'rename-connection', 'core', 'main', ...why, '--json', '--sfm', sfm],
      { env: both },
    );
    expect(taken.code).toBe(6);
    expect(parseError(taken).code).toBe('repair.not_applicable');
  });
});
