import type pg from 'pg';

/** Sets the deadlines of BFM's own writes for one transaction: none of them may wait for ever (FAULTS P10). */
const DEADLINES =
  "SELECT set_config('lock_timeout', '10s', true), set_config('statement_timeout', '60s', true)";

/**
 * Runs BFM's own writes in one transaction with deadlines. Connections are read-only outside of such transactions, see
 * `SESSION_OPTIONS` of the pool.
 */
export async function withWrites<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  try {
    await client.query(DEADLINES);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
