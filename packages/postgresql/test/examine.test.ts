import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import type { StoreExamination } from '@bfm/engine';
import { POSTGRES_MAJORS, until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeStore } from './make-store.ts';

const SCOPE = `
INSERT INTO bfm.scope (connection, schema_name, schema_oid, database_identity, fence_token, fence_holder)
SELECT 'core', 'seen', 'seen'::regnamespace, 'elsewhere/1', 1, 'nobody';
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT 'm1', '20250101000000', 'm1', 'c', 'x', '';
INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id) VALUES (1, 'm1', 1, 'started', 'r')`;

/** What a pooler does at the beginning: it answers with a key of its own in the server's place. */
async function startKeyChanger(url: string): Promise<Server> {
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at !== -1) chunk.writeInt32BE(4242, at + 5);
      client.write(chunk);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.each(POSTGRES_MAJORS)('examining PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const store = makeStore(db.url);
  const role = `${db.name}_poor`;
  await db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
  const clients: pg.Client[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });
  afterAll(async () => {
    await store.close();
    await db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  const examine = (): Promise<StoreExamination> => store.keeper.examine(0);

  async function open(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: db.url, application_name: 'sitter' });
    clients.push(client);
    await client.connect();
    return client;
  }

  it('tells of a server without a ledger', async () => {
    const found = await examine();
    expect(found).toMatchObject({
      server: { major, recovering: false },
      login: { mayCreateSchemas: true },
      pooled: false,
      ledger: null,
      invalidIndexes: [],
    });
    expect(Math.abs(found.clock.serverMs - Date.now())).toBeLessThan(5_000);
  });

  it('tells what a login lacks to use the ledger', async () => {
    await store.prepare([]);
    await db.query(
      `GRANT USAGE ON SCHEMA bfm TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA bfm TO ${role}`,
    );
    const url = new URL(db.url);
    url.username = role;
    url.password = 'x';
    const poor = makeStore(url.href);
    const { login, ledger } = await poor.keeper.examine(0);
    await poor.close();
    expect(login).toEqual({ name: role, mayCreateSchemas: false });
    expect(ledger).toMatchObject({
      owned: false,
      lacking: expect.arrayContaining(['INSERT on bfm.event']) as unknown,
    });
    expect((await examine()).ledger).toMatchObject({ owned: true, lacking: [], unsound: [] });
  });

  it('finds rows that do not fit their digest, and a ledger of another copy', async () => {
    await db.query(`CREATE SCHEMA seen; ${SCOPE}`);
    expect((await examine()).ledger).toMatchObject({
      unsound: [],
      rebound: [{ connection: 'core', schema: 'seen' }],
    });
    await db.query('UPDATE bfm.scope SET digest = ~digest');
    expect((await examine()).ledger?.unsound).toEqual([{ connection: 'core', schema: 'seen' }]);
    await db.query('UPDATE bfm.scope SET digest = ~digest');
  });

  it('tells an interrupted migration from one that is running', async () => {
    const runner = await open();
    await runner.query(`INSERT INTO bfm.progress (scope_id, migration_id, revision_id, direction, statements_done, done_digest,
      intent_statement, intent, run_id, actor, fence_token, backend_pid, backend_start)
      SELECT 1, 'm1', 1, 'up', 1, 'd', 2, '{}', 'r', 'a', 1, a.pid, a.backend_start FROM pg_stat_get_activity(pg_backend_pid()) a`);
    const told = {
      schema: 'seen',
      migrationId: 'm1',
      status: 'started',
      statementsDone: 1,
      statementBegun: 2,
    };
    expect((await examine()).ledger?.unfinished).toMatchObject([{ ...told, running: true }]);
    await runner.end();
    clients.length = 0;
    await until(async () => (await examine()).ledger?.unfinished[0]?.running === false, {
      what: 'the end of a session',
    });
  });

  it('finds INVALID indexes in the schemas of targets, and no others', async () => {
    await db.query(
      'CREATE TABLE seen.t (id int); INSERT INTO seen.t VALUES (1), (1); CREATE SCHEMA unseen; CREATE TABLE unseen.t AS TABLE seen.t',
    );
    for (const schema of ['seen', 'unseen']) {
      await expect(db.query(`CREATE UNIQUE INDEX CONCURRENTLY t_id ON ${schema}.t (id)`)).rejects.toThrow();
    }
    expect((await examine()).invalidIndexes).toEqual([
      { schema: 'seen', index: 't_id', table: 't', building: false },
    ]);
  });

  it('finds sessions that are idle in a transaction', async () => {
    const sitter = await open();
    await sitter.query('BEGIN');
    await sitter.query('SELECT 1');
    await until(async () => (await examine()).idleTransactions.length > 0, { what: 'an idle session' });
    expect((await examine()).idleTransactions).toMatchObject([{ application: 'sitter' }]);
    expect((await store.keeper.examine(3_600_000)).idleTransactions).toEqual([]);
    await sitter.query('ROLLBACK');
  });

  it('recognises a pooler by its keys', async () => {
    const between = await startKeyChanger(db.url);
    const url = new URL(db.url);
    url.hostname = '127.0.0.1';
    url.port = String((between.address() as AddressInfo).port);
    const pooled = makeStore(url.href);
    expect((await pooled.keeper.examine(0)).pooled).toBe(true);
    await pooled.close();
    between.close();
  });

  it('tells of a ledger that is older or newer', async () => {
    await db.query('UPDATE bfm.format SET version = 1');
    expect((await examine()).ledger).toMatchObject({ format: 1, known: 3, unfinished: [] });
    await db.query('UPDATE bfm.format SET version = 99');
    expect((await examine()).ledger).toMatchObject({ format: 99, known: 3 });
  });
});
