import type { Target, TargetHolder } from '@bfm/core';
import type pg from 'pg';
import { LockTransaction } from './lock-transaction.ts';
import type { ConnectionPool } from './pool.ts';
import { restOn, type Resting } from './rest-on.ts';
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
  heart: Pick<Resting, 'sleep'> & { readonly silenceMs: number },
): Promise<PooledLock | { readonly ok: false; readonly holder: TargetHolder }> {
  const client = await pool.checkOut();
  const transaction = new LockTransaction(client, { schema, silenceMs: heart.silenceMs });
  try {
    const { locked, pid } = await transaction.begin();
    if (locked) {
      const ask = (): Promise<void> => transaction.stay(pid);
      return { ok: true, backend: pid, ...keptAlive(client, { ...heart, ask }) };
    }
    const holder = await findHolder(client, schema, heart.sleep);
    await giveBack(client);
    return { ok: false, holder };
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

/**
 * The server hears of the lock as long as this process runs, and ends it when it does not: a frozen process keeps nobody
 * waiting for ever. A broken connection is told of at once; it is never replaced.
 */
function keptAlive(client: pg.PoolClient, heart: Resting): Pick<PooledLock, 'lost' | 'release'> {
  const lost = new AbortController();
  const released = new AbortController();
  const onLoss = (error?: unknown): void => {
    lost.abort(error ?? new Error('the connection that held the lock was closed'));
  };
  client.once('error', onLoss);
  client.once('end', onLoss);
  const beating = restOn(heart, Infinity, AbortSignal.any([released.signal, lost.signal])).catch(onLoss);
  const release = async (): Promise<void> => {
    released.abort();
    await beating;
    client.off('error', onLoss);
    client.off('end', onLoss);
    await giveBack(client);
  };
  return { lost: lost.signal, release };
}

async function giveBack(client: pg.PoolClient): Promise<void> {
  const error = await client.query('ROLLBACK').then(
    () => null,
    (reason: unknown) => reason,
  );
  client.release(error !== null);
}
