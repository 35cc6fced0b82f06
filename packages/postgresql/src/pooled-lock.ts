import type { Target, TargetHolder } from '@bfm/core';
import type pg from 'pg';
import type { ConnectionPool } from './pool.ts';
import { findHolder } from './target-holder.ts';

/** The lock of a target, held by an open transaction. */
export interface PooledLock {
  readonly ok: true;
  /** The backend whose transaction it is. */
  readonly backend: number;
  /** Aborted when the connection that holds it breaks. */
  readonly lost: AbortSignal;
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
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<PooledLock | { readonly ok: false; readonly holder: TargetHolder }> {
  const client = await pool.checkOut();
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY');
    const found = await client.query<{ locked: boolean; pid: number }>(TRY_LOCK, [schema]);
    const [row] = found.rows;
    if (row?.locked === true) {
      await client.query(STAY);
      return { ok: true, backend: row.pid, ...watched(client) };
    }
    const holder = await findHolder(client, schema, sleep);
    await giveBack(client);
    return { ok: false, holder };
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

/** Tells of a broken connection at once: nothing else is done on it that would fail. */
function watched(client: pg.PoolClient): Pick<PooledLock, 'lost' | 'release'> {
  const controller = new AbortController();
  const onLoss = (error?: Error): void => {
    controller.abort(error ?? new Error('the connection that held the lock was closed'));
  };
  client.once('error', onLoss);
  client.once('end', onLoss);
  const release = (): Promise<void> => {
    client.off('error', onLoss);
    client.off('end', onLoss);
    return giveBack(client);
  };
  return { lost: controller.signal, release };
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
  "SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('bfm ' || $1, 0)) AS locked, pg_catalog.pg_backend_pid() AS pid";

/**
 * The transaction is idle for as long as the target is held. Sent by the simple protocol, without values: it closes the
 * portal of the query before, whose snapshot every CREATE INDEX CONCURRENTLY would wait for until the transaction ends.
 */
const STAY = 'SET LOCAL idle_in_transaction_session_timeout = 0';
