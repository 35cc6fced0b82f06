import type { Failpoints } from '@bfm/core';
import type pg from 'pg';

/** Sets the deadlines of BFM's own writes for one transaction: none of them may wait for ever (FAULTS P10). */
const DEADLINES =
  "SELECT set_config('lock_timeout', '10s', true), set_config('statement_timeout', '60s', true)";

/** What is written, as its failpoints name it. */
export interface WriteFaults {
  readonly kind: 'upgrade' | 'revisions' | 'note' | 'edit' | 'scope';
  readonly failpoints: Failpoints;
}

/**
 * Runs BFM's own writes in one transaction with deadlines. Connections are read-only outside of such transactions, see
 * `SESSION_OPTIONS` of the pool.
 */
export async function withWrites<T>(
  client: pg.ClientBase,
  { kind, failpoints }: WriteFaults,
  work: () => Promise<T>,
): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  let result: T;
  try {
    await client.query(DEADLINES);
    result = await work();
    await failpoints.reach(`${kind}.written`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await failpoints.reach(`${kind}.committed`);
  return result;
}
