import type { MigrationId, TargetHolder } from '@bfm/core';
import type { LockedEntry, OpenOptions } from '@bfm/engine';
import type pg from 'pg';
import type { EntriesRow } from './known-entries.ts';
import type { FenceHold } from './ledger-writes.ts';
import type { TakerIdentity } from './taker-identity.ts';
import { findHolder, holderText } from './target-holder.ts';
import { together } from './together.ts';
import { BEGIN } from './transaction-messages.ts';

/** A target that has been taken on a connection. */
export interface TakenTarget {
  readonly ok: true;
  readonly hold: Omit<FenceHold, 'revisions'>;
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  /** The backend the target was taken on. */
  readonly pid: number;
}

/**
 * Tries once to take a target on a connection: session lock, fence, then the ledger inside the lock; sent at once, the
 * ledger read in a later transaction than the taking, so that it sees what was committed before. Never waits for a lock.
 */
export async function takeTarget(
  client: pg.ClientBase,
  options: OpenOptions,
  taker: TakerIdentity,
): Promise<TakenTarget | { readonly ok: false; readonly holder: TargetHolder }> {
  const { target, runId, actor } = options;
  const place = [target.connection, target.schema];
  const { identity, known, lock } = taker;
  const question = known.ask();
  const holder = holderText(options, taker);
  const sent = together(
    client,
    () =>
      [
        client.query(BEGIN_TAKING),
        client.query<TakeRow>(lock === 'session' ? TAKE : TAKE_FENCE, [...place, holder, identity]),
        client.query('COMMIT'),
        client.query<EntriesRow>('SELECT * FROM bfm.entries($1, $2, $3)', [...place, question.digests]),
      ] as const,
  );
  const [, takes, , rows] = await Promise.all(sent);
  const [take] = takes.rows;
  if (take === undefined) throw new Error('bfm.take answered no row');
  if (take.o_scope === null || take.o_token === null) {
    return { ok: false, holder: await findHolder(client, target.schema, taker.sleep) };
  }
  return {
    ok: true,
    hold: { scopeId: take.o_scope, token: take.o_token, holder, runId, actor },
    entries: question.read(rows.rows[0]),
    pid: take.pid,
  };
}

interface TakeRow {
  readonly o_scope: number | null;
  readonly o_token: string | null;
  readonly pid: number;
}

/**
 * Like every write of BFM's own this has deadlines. Its commit need not reach the disk: whatever is written under the
 * fence comes later in the log, so that none of it can outlive the fence.
 */
const BEGIN_TAKING = `${BEGIN}; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = '60s'; SET LOCAL synchronous_commit = off`;

const TAKE = `
SELECT o_scope, o_token::text, pg_catalog.pg_backend_pid() AS pid FROM bfm.take($1, $2, $3, $4)`;

const TAKE_FENCE = `
SELECT o_scope, o_token::text, pg_catalog.pg_backend_pid() AS pid FROM bfm.take_fence($1, $2, $3, $4)`;
