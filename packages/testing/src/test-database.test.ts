import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { findLeaks } from './leaks.ts';
import { createTestDatabase } from './test-database.ts';
import { asAdmin } from './test-run.ts';
import { POSTGRES_MAJORS } from './test-server.ts';
import { providedServer, useTestDatabase } from './use-test-database.ts';

async function connect(url: string, name: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe.each(POSTGRES_MAJORS)('on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const server = providedServer(major);

  test('a test database is empty, of that version and of this file', async () => {
    expect(db.major).toBe(major);
    expect(db.name.startsWith(`${server.prefix}test_database_`)).toBe(true);
    const [row] = await db.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
    expect(row?.version).toMatch(new RegExp(`^${String(major)}\\.`));
    expect(await db.query(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual([]);
  });

  test('two databases of one file do not see each other', async () => {
    await using other = await createTestDatabase(server, 'other');
    await db.query('CREATE TABLE mine (id int)');
    await expect(other.query('SELECT FROM mine')).rejects.toMatchObject({ code: '42P01' });
  });

  test('several statements give the rows of the last one', async () => {
    expect(await db.query('SELECT 1 AS a; SELECT 2 AS b')).toEqual([{ b: 2 }]);
    expect(await db.query('SELECT $1::int AS c', [3])).toEqual([{ c: 3 }]);
  });

  test('sessions names everybody else, and terminate ends one', async () => {
    const client = await connect(db.url, 'somebody');
    const [session] = await db.sessions();
    expect(session).toMatchObject({ applicationName: 'somebody', database: db.name, state: 'idle' });
    await db.terminate(session?.pid ?? 0);
    expect(await db.sessions()).toEqual([]);
    await client.end().catch(() => undefined);
  });

  test('dropping a database with a session left open fails, names it and drops all the same', async () => {
    const doomed = await createTestDatabase(server, 'doomed');
    const client = await connect(doomed.url, 'forgetful');
    await client.query('BEGIN');
    await client.query('SELECT 4711 AS planted');
    await expect(doomed.drop()).rejects.toThrow(
      new RegExp(
        `left 1 session\\(s\\) open.*\\n.*pid \\d+ forgetful in ${doomed.name}, idle in transaction: SELECT 4711`,
      ),
    );
    const left = await asAdmin(server.url, (admin) =>
      admin.query('SELECT FROM pg_database WHERE datname = $1', [doomed.name]),
    );
    expect(left.rowCount).toBe(0);
    await client.end().catch(() => undefined);
  });

  test('the leak check sees a planted session, its advisory lock and a database that was not dropped', async () => {
    // Under a prefix of its own, so that other files running at the same time do not show.
    const prefix = `${server.prefix}leak${String(major)}_`;
    const scope = { server: { ...server, prefix }, wholeServer: false, settleMs: 100 };
    expect(await findLeaks(scope)).toEqual([]);
    const leaky = await createTestDatabase(scope.server, 'leaky');
    const client = await connect(leaky.url, 'leaker');
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(4711)');
    const leaks = await findLeaks(scope);
    expect(leaks).toHaveLength(3);
    expect(leaks[0]).toContain(`leaker in ${leaky.name}, idle in transaction`);
    expect(leaks[1]).toContain(`advisory lock left: 0/4711 in ${leaky.name}`);
    expect(leaks[2]).toBe(`database not dropped: ${leaky.name}`);
    await client.end();
    await leaky.drop();
    expect(await findLeaks(scope)).toEqual([]);
  });
});
