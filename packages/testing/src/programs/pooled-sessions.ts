import { Client } from 'pg';

/** What the next client finds in a session that a pooler lends it. */
export const POOLED_TRACES = `
SELECT current_setting('search_path') AS path, current_setting('lock_timeout') AS lock, current_setting('role') AS role,
       (SELECT count(*)::int FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND d.datname = current_database()) AS locks,
       (SELECT count(*)::int FROM pg_prepared_statements WHERE from_sql) AS prepared,
       (SELECT count(*)::int FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS temporary,
       (SELECT count(*)::int FROM pg_cursors WHERE is_holdable) AS cursors,
       (SELECT count(*)::int FROM pg_listening_channels()) AS listens,
       coalesce(current_setting('app.tenant', true), '') AS tenant`;

/** What it must find. */
export const NO_TRACES = {
  path: '"$user", public',
  lock: '0',
  role: 'none',
  locks: 0,
  prepared: 0,
  temporary: 0,
  cursors: 0,
  listens: 0,
  tenant: '',
};

/** Runs SQL in so many sessions of a pooler: in a transaction each, all of them open at once. */
export async function inPooledSessions(
  url: string,
  sessions: number,
  sql: string = POOLED_TRACES,
): Promise<readonly Record<string, unknown>[]> {
  const clients = Array.from({ length: sessions }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    await Promise.all(clients.map((client) => client.query('BEGIN')));
    const found = await Promise.all(clients.map((client) => client.query<Record<string, unknown>>(sql)));
    await Promise.all(clients.map((client) => client.query('COMMIT')));
    return found.flatMap(({ rows }) => rows);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
