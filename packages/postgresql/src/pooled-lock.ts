import type { Target } from '@bfm/core';
import type pg from 'pg';
import type { ConnectionPool } from './pool.ts';

/** The lock of a target, held by an open transaction. */
export interface PooledLock {
  readonly ok: true;
  /** Ends the transaction. Never throws: a connection that broke holds nothing. */
  readonly release: () => Promise<void>;
}

/**
 * Tries once to lock a target behind a pooler, where no session is ours: a transaction that stays open on a connection
 * of its own holds the lock that unpooled runs hold by their session. The pooler ends that transaction as soon as we are
 * gone. Whatever becomes of it, the fence decides.
 *
 * @throws {target.unreachable} and what the driver throws
 */
export async function tryPooledLock(
  pool: ConnectionPool,
  { schema }: Target,
): Promise<PooledLock | { readonly ok: false; readonly holder: string }> {
  const client = await pool.checkOut();
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY');
    const found = await client.query<{ locked: boolean }>(TRY_LOCK, [schema]);
    const release = (): Promise<void> => giveBack(client);
    if (found.rows[0]?.locked === true) {
      await client.query(STAY);
      return { ok: true, release };
    }
    const holders = await client.query<{ holder: string }>('SELECT bfm.holder_of($1) AS holder', [schema]);
    await release();
    return { ok: false, holder: holders.rows[0]?.holder ?? 'another session' };
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

async function giveBack(client: pg.PoolClient): Promise<void> {
  const error = await client.query('ROLLBACK').then(
    () => null,
    (reason: unknown) => reason,
  );
  client.release(error !== null);
}

// The key is that of bfm.take.
const TRY_LOCK =
  "SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('bfm ' || $1, 0)) AS locked";

/**
 * The transaction is idle for as long as the target is held. Sent by the simple protocol, without values: it closes the
 * portal of the query before, whose snapshot every CREATE INDEX CONCURRENTLY would wait for until the transaction ends.
 */
const STAY = 'SET LOCAL idle_in_transaction_session_timeout = 0';
