import { readFileSync } from 'node:fs';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeCertificateAuthority, TcpFaultProxy, until, useTestDatabase } from '@bfm/testing';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useCollector } from '../../apps/server/test/observe/support/use-collector.ts';
import { useTokens } from '../../apps/server/test/observe/support/use-tokens.ts';
import { trusting, useClient } from '../../apps/server/test/grpc/support/use-client.ts';
import { buildCli, startBfm, runBfm, type BfmProcess } from '../support/bfm.ts';
import { callOverTls } from './support/call-over-tls.ts';
import { findCanaries, makeCanaries } from './support/canaries.ts';
import { useChattyPostgres } from './support/chatty-postgres.ts';

const db = await useTestDatabase(18);
beforeAll(buildCli);

const SECRETS = makeCanaries(
  'api',
  'state',
  'core',
  'guard',
  'chatty',
  'nobody',
  'gone',
  'lock',
  'otlp',
  'guess',
);
/** What stands in migrations: nothing of it is in logs, metrics and traces. */
const TEXTS = makeCanaries('statement', 'value');
const { api, guess, otlp } = SECRETS;

const MIGRATIONS = {
  'core/20250101000001_orders': `CREATE TABLE orders (id text DEFAULT '${TEXTS.value}');`,
  'core/20250101000002_broken': `SELECT '${TEXTS.value}'::int;`,
  'guard/20250101000003_syntax': `SELEKT "${TEXTS.statement}";`,
  'chatty/20250101000001_one': 'SELECT 1;',
  'nobody/20250101000001_one': 'SELECT 1;',
  'gone/20250101000001_one': 'SELECT 1;',
};

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bfm-canary-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(MIGRATIONS)) {
    const file = join(folder, 'sfm/postgresql', `${path}.up.sql`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

/** An address with a secret for its password. */
function withPassword(url: string, user: string, secret: string): string {
  const { host, pathname } = new URL(url);
  return `postgres://${user}:${encodeURIComponent(secret)}@${host}${pathname}`;
}

/** The same of a user who may do everything there, and is gone with the test. */
async function withOwnUser(url: string, name: 'core' | 'state' | 'lock'): Promise<string> {
  const user = `canary_${name}_${process.pid}`;
  const secret = SECRETS[name];
  await db.query(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD '${secret}'`);
  onTestFinished(async () => {
    await db.query(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`);
  });
  return withPassword(url, user, secret);
}

async function portsOf(process: BfmProcess): Promise<{ readonly http: string; readonly grpc: string }> {
  return until(
    () => {
      const [, http, grpc] = /"http":(\d+),"grpc":(\d+)/.exec(process.said()) ?? [];
      if (process.child.exitCode !== null) throw new Error(`it has ended: ${process.said()}`);
      return http !== undefined && grpc !== undefined ? { http, grpc } : null;
    },
    { what: 'the server to listen' },
  );
}

/** Fixed ones have their own. */
function schemaOf(connection: string, other: string): string {
  return connection === 'core' ? other : 'tenant_a';
}

function wordOf(text: string, between: string, at: number): string {
  return text.split(between)[at] ?? '';
}

/** What databases keep: the state with its queue and audit, and what ledgers tell. */
async function readKept(): Promise<{ readonly state: string; readonly ledger: string }> {
  const [row] = await db.query<{ state: string; ledger: string }>(`
    SELECT schema_to_xml('bfm_state', true, false, '')::text || schema_to_xml('bfm_state_queue', true, false, '')::text AS state,
      schema_to_xml('bfm', true, false, '')::text AS ledger`);
  return row ?? { state: '', ledger: '' };
}

test('S8, S27 a server that is driven through its faults tells none of its secrets, to nobody, anywhere', async () => {
  const folder = await makeFolder();
  const authority = makeCertificateAuthority('BFM tests');
  const own = authority.issue({ commonName: 'localhost', hosts: ['localhost', '127.0.0.1'] });
  const chatty = await useChattyPostgres();
  const collector = await useCollector();
  const proxy = await TcpFaultProxy.before(db.url);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  await writeFile(join(folder, 'tls.key'), own.key);
  await writeFile(join(folder, 'tls.pem'), own.certificate);
  await writeFile(join(folder, 'token'), `${api}\n`);
  await writeFile(join(folder, 'core-url'), await withOwnUser(db.url, 'core'));
  const tlsKey = wordOf(own.key, '\n', 2);
  const environment = {
    BFM_HTTP_PORT: '0',
    BFM_GRPC_PORT: '0',
    BFM_LOG_LEVEL: 'trace',
    BFM_ENABLE_FAILPOINTS: '1',
    BFM_API_TOKEN_FILE: join(folder, 'token'),
    BFM_TLS_CERT: join(folder, 'tls.pem'),
    BFM_TLS_KEY: join(folder, 'tls.key'),
    BFM_STATE_URL: await withOwnUser(proxy.url(db.url), 'state'),
    BFM_LOCK_PROVIDER: 'postgresql',
    BFM_LOCK_URL: await withOwnUser(db.url, 'lock'),
    BFM_OTLP_ENDPOINT: collector.url,
    BFM_OTLP_HEADERS: `api-key=${encodeURIComponent(otlp)}`,
    BFM_RUN_LEASE: '2s',
    BFM_AUTO_MIGRATE: 'true',
    BFM_AUTO_MIGRATE_CONNECTIONS: 'chatty,guard',
    BFM_AUTO_MIGRATE_RETRY_INTERVAL: 'none',
    CORE_BACKEND: 'postgresql',
    CORE_URL_FILE: join(folder, 'core-url'),
    GUARD_BACKEND: 'postgresql',
    GUARD_URL: withPassword(db.url, 'ann', SECRETS.guard),
    CHATTY_BACKEND: 'postgresql',
    CHATTY_SCHEMA: 'tenant_a',
    GUARD_SCHEMA: 'tenant_a',
    CHATTY_URL: withPassword(`postgres://${chatty.host}:${chatty.port}/app`, 'ann', SECRETS.chatty),
    NOBODY_BACKEND: 'postgresql',
    NOBODY_URL: withPassword(db.url, 'postgres', SECRETS.nobody),
    GONE_BACKEND: 'postgresql',
    GONE_URL: withPassword('postgres://127.0.0.1:1/app', 'ann', SECRETS.gone),
  };
  const serve = (more: Readonly<Record<string, string>>): BfmProcess => {
    const started = startBfm(['serve', '--sfm', join(folder, 'sfm')], { ...environment, ...more });
    onTestFinished(() => void started.child.kill('SIGKILL'));
    return started;
  };
  const server = serve({ BFM_FAILPOINTS: 'run.created=error@2' });
  const ports = await portsOf(server);
  const issued = await useTokens(db.url).create();
  const mistyped = issued.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
  const answers: string[] = [];
  const call = async (
    path: string,
    {
      authorization = `Bearer ${api}`,
      ...rest
    }: { method?: string; body?: string; authorization?: string | string[] } = {},
  ): Promise<{ readonly status: number; readonly body: string }> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await callOverTls(`https://localhost:${ports.http}${path}`, {
      ca: authority.certificate,
      headers,
      ...rest,
    });
    answers.push(`${answer.status} ${answer.text}`);
    return answer;
  };
  const runs: string[] = [];
  const run = async (connection: string, schema: string): Promise<void> => {
    const order = JSON.stringify({ connections: [connection], schemas: [schema], out_of_order: 'allow' });
    const { status, body } = await call('/api/v1/runs', { method: 'POST', body: order });
    if (status !== 202) return;
    const { id } = JSON.parse(body) as { readonly id: string };
    runs.push(id);
    await until(
      async () => {
        const asked = await call(`/api/v1/runs/${id}`);
        return (JSON.parse(asked.body) as { readonly finished_at: unknown }).finished_at !== null;
      },
      { what: `run ${id} to end`, everyMs: 100 },
    );
  };

  // Who comes with the wrong key, in every place where one may stand.
  for (const authorization of [
    `Bearer ${guess}`,
    `Basic ${btoa('ann:c4n4ry')}`,
    `Bearer ${mistyped}`,
    `Bearer ${issued} ${guess}`,
  ]) {
    expect((await call('/api/v1/runs', { authorization })).status).toBe(401);
  }
  await call(`/api/v1/runs?token=${encodeURIComponent(guess)}&access_token=${encodeURIComponent(issued)}`, {
    authorization: '',
  });
  await call(`/api/v1/${encodeURIComponent(guess)}`);
  await call('/api/v1/runs', { authorization: [`Bearer ${issued}`, `Bearer ${guess}`] });
  expect((await call('/api/v1/runs', { authorization: `Bearer ${issued}` })).status).toBe(200);
  const ssl = trusting(authority.certificate);
  const grpcOf = (token: string): ReturnType<typeof useClient> =>
    useClient(Number(ports.grpc), { token, credentials: ssl });
  const grpcSays = async (work: Promise<unknown>): Promise<void> => {
    const said = await work.then(
      (answer) => JSON.stringify(answer),
      (error: unknown) =>
        JSON.stringify({ ...(error as object), text: String(error), bytes: bytesOf(error) }),
    );
    answers.push(said);
  };
  for (const token of [encodeURIComponent(guess), mistyped]) {
    await grpcSays(grpcOf(token).call('ListMigrations'));
  }

  // Migrations that fail, and databases that do not let us in.
  const grpc = grpcOf(issued);
  for (const connection of ['core', 'guard', 'chatty', 'nobody', 'gone']) {
    await run(connection, 'tenant_a');
    const target = {
      target: { connection },
      connection,
      schema: schemaOf(connection, 'tenant_b'),
    };
    await grpcSays(grpc.call('Migrate', target));
    await grpcSays(grpc.stream(target).toArray());
    const up = JSON.stringify({
      target: { connection },
      connection,
      schemas: [schemaOf(connection, 'tenant_c')],
    });
    await call('/api/v1/migrations/up', { method: 'POST', body: up });
  }
  for (const body of ['{', '[]', '{"connections":7}', '{"nobody":true}', '\ud800']) {
    await call('/api/v1/runs', { method: 'POST', body });
  }

  // The state is away for a while, and a worker dies.
  proxy.refuse();
  proxy.drop();
  await until(async () => (await call('/api/v1/runs')).status === 503, { what: 'the state to be away' });
  await call('/health');
  proxy.heal();
  await until(async () => (await call('/api/v1/runs')).status === 200, { what: 'the state to be back' });
  const victim = serve({ BFM_FAILPOINTS: 'run.created=kill@1', BFM_SERVER_WORKER: 'false' });
  const { http: victimPort } = await portsOf(victim);
  const headers = { authorization: `Bearer ${issued}`, 'content-type': 'application/json' };
  const order = {
    ca: authority.certificate,
    method: 'POST',
    headers,
    body: JSON.stringify({ schemas: ['tenant_d'], connections: ['core'] }),
  };
  await expect(callOverTls(`https://localhost:${victimPort}/api/v1/runs`, order)).rejects.toThrow();
  await run('core', 'tenant_d');

  // A token is in the answer that it was made with, and in no other.
  const make = {
    ca: authority.certificate,
    method: 'POST',
    headers,
    body: '{"name":"canary","role":"viewer"}',
  };
  const made = await callOverTls(`https://localhost:${ports.http}/api/v1/tokens`, make);
  expect(made.status).toBe(201);
  const { text: madeText } = JSON.parse(made.body) as { readonly text: string };
  expect((await call('/api/v1/runs', { authorization: `Bearer ${madeText}` })).status).toBe(200);
  expect(
    (await call('/api/v1/runs', { method: 'POST', body: '{}', authorization: `Bearer ${madeText}` })).status,
  ).toBe(403);

  // Everything that can be read.
  const reads = [
    'tokens',
    'connections',
    'targets',
    'runs',
    'history',
    'audit',
    'locks',
    'drift',
    'lint',
    'migrations',
    'openapi.json',
  ];
  for (const path of reads) {
    await call(`/api/v1/${path}`);
  }
  for (const id of runs) {
    await call(`/api/v1/runs/${id}/steps`);
    await call(`/api/v1/runs/${id}/events`);
  }
  await call('/health');
  await call('/metrics');
  const metrics = answers.slice(-1).join();
  const commandLine = readFileSync(`/proc/${String(server.child.pid)}/cmdline`, 'utf8');
  server.child.kill('SIGTERM');
  await Promise.all([server.ended, victim.ended]);
  const kept = await readKept();

  // Else nothing was shown.
  expect(kept.state.length + kept.ledger.length).toBeGreaterThan(10_000);
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(collector.spans().length).toBeGreaterThan(10);
  expect(collector.headers('api-key')).not.toEqual([]);
  expect(server.said()).toContain('28000');
  const told = {
    log: server.said() + victim.said(),
    metrics,
    traces: collector.text(),
    'command line': commandLine,
  };
  const all = {
    ...told,
    answers: answers.join('\n'),
    ...kept,
  };
  const secret = wordOf(issued, '_', 3);
  const secrets = { ...SECRETS, tlsKey, issued: secret, made: wordOf(madeText, '_', 3) };
  expect(findCanaries(secrets, all)).toEqual([]);
  expect(findCanaries(TEXTS, told)).toEqual([]);
  // The looking itself works: a statement that failed is told to who may read it.
  expect(findCanaries(TEXTS, { answers: all.answers })).not.toEqual([]);
});

/** Binary metadata, as bytes and not as grpc-js shows them. */
function bytesOf(error: unknown): string {
  const { metadata } = error as {
    readonly metadata?: { readonly get: (name: string) => readonly unknown[] };
  };
  return (metadata?.get('grpc-status-details-bin') ?? []).map(String).join('');
}

const STATE = { BFM_STATE_URL: 'postgres://bfm@127.0.0.1:1/bfm' };
const CANARY = 'c4n4ry';

test.each<[string, Readonly<Record<string, string>>]>([
  ['an address of another kind', { BFM_STATE_URL: `mysql://bfm:${CANARY}@h/d` }],
  ['a % in a password', { BFM_STATE_URL: `postgres://bfm:${CANARY}%zz@h/d` }],
  [
    'parameters of an address',
    { ...STATE, CORE_BACKEND: 'postgresql', CORE_URL: `postgres://b:${CANARY}@h/d?sslkey=${CANARY}` },
  ],
  ['a state that is not there', { BFM_STATE_URL: `postgres://bfm:${CANARY}@127.0.0.1:1/bfm` }],
  ['a token twice', { ...STATE, BFM_API_TOKEN: CANARY, BFM_API_TOKEN_FILE: `/${CANARY}-is-no-file` }],
  ['headers of traces', { ...STATE, BFM_OTLP_HEADERS: CANARY }],
  [
    'an address of leases',
    { ...STATE, BFM_LOCK_PROVIDER: 'redis', BFM_LOCK_URL: `redis://:${CANARY}@h:port/` },
  ],
  ['a misspelt name', { ...STATE, BFM_API_TOKNE: CANARY }],
])('a configuration with %s at fault does not tell its secret', async (_what, environment) => {
  const { code, stdout, stderr } = await runBfm(['serve', '--sfm', '/'], environment);
  expect(code, stderr).toBeGreaterThan(0);
  expect(stdout + stderr.replaceAll(`/${CANARY}-is-no-file`, '')).not.toContain(CANARY);
});
