import { describeLockProvider, POSTGRES_MAJORS, startMortalServer } from '@bfm/testing';
import pg from 'pg';
import { openPostgresLocks, type LeaseDatabase } from '../src/index.ts';

/** A database by the driver alone, with a deadline for each statement. */
function leaseDatabase(url: string): LeaseDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  pool.on('error', () => undefined);
  const run = async <Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> =>
    (await pool.query<Row & pg.QueryResultRow>(text, [...values])).rows;
  return { address: new URL(url).host, read: run, write: run, close: () => pool.end() };
}

for (const major of POSTGRES_MAJORS) {
  describeLockProvider(`PostgreSQL ${major}`, async () => {
    const server = await startMortalServer(major);
    return {
      secret: new URL(server.url()).password,
      open: (ttlMs, clock) => openPostgresLocks({ database: leaseDatabase(server.url()), ttlMs, clock }),
      lose: async () => {
        const database = leaseDatabase(server.url());
        await database.write('TRUNCATE bfm_lock.lease', []);
        await database.close();
      },
      away: () => server.die('immediate'),
      back: () => server.revive(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}
