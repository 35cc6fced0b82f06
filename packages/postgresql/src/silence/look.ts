import type { StatementProgress } from '@bfm/core';
import { describeBlockers, type Blocker } from './blocker.ts';

/** What another connection told of a backend. */
export type Look =
  /** It is there. */
  | {
      readonly kind: 'there';
      readonly pid: number;
      /** The same as long as it is the same session, and the same transaction where sessions are lent. */
      readonly life: string;
      /** It works on a statement; otherwise it has said all it had to say, or never heard what it was asked. */
      readonly isActive: boolean;
      readonly blockers: readonly Blocker[];
      /** How its statement goes; `null` when there is nothing to tell but that it runs. */
      readonly progress: StatementProgress | null;
    }
  /** The server knows no such backend. */
  | { readonly kind: 'gone' }
  /** The server answers, but not that question. */
  | { readonly kind: 'unknown' }
  /** Nothing answers. */
  | { readonly kind: 'no answer' };

/** The row that {@link LOOK} gives of a backend. */
export interface LookRow {
  readonly pid: number;
  readonly born: string;
  readonly transaction: string | null;
  readonly active: boolean;
  readonly phase: string | null;
  readonly done: number;
  readonly total: number | null;
  readonly unit: StatementProgress['unit'];
  readonly blockers: readonly Blocker[];
}

/** Reads the answer to {@link LOOK}. */
export function toLook(row: LookRow | undefined, session: 'own' | 'lent'): Look {
  if (row === undefined) return { kind: 'gone' };
  const { pid, born, transaction, active: isActive, blockers } = row;
  const life = session === 'own' ? born : `${born} ${transaction ?? ''}`;
  return { kind: 'there', pid, life, isActive, blockers, progress: isActive ? toProgress(row) : null };
}

function toProgress({ phase, done, total, unit, blockers }: LookRow): StatementProgress | null {
  const waitingFor = blockers.length === 0 ? null : describeBlockers(blockers);
  if (phase === null && waitingFor === null) return null;
  return { phase: phase ?? 'waiting for a lock', done, total, unit, waitingFor };
}

/** What a statement does of which nothing else is known. */
export const RUNNING: StatementProgress = {
  phase: 'running',
  done: 0,
  total: null,
  unit: 'blocks',
  waitingFor: null,
};

/**
 * Asks about one backend. Who does not track activities shows no state: such a backend counts as active. One in the middle
 * of a group of messages is active to the server although it waits for us. Of a blocker's statement only the first word
 * leaves the server.
 */
export const LOOK = `
WITH me AS (
  SELECT a.pid, a.backend_start, a.xact_start, coalesce(a.state IN ('active', 'fastpath function call', 'disabled'), true)
           AND coalesce(a.wait_event NOT IN ('ClientRead', 'ClientWrite'), true) AS active,
         p.phase, p.blocks_done, p.blocks_total, p.lockers_done, p.lockers_total,
         CASE WHEN p.current_locker_pid > 0 THEN ARRAY[p.current_locker_pid::integer]
              ELSE pg_catalog.pg_blocking_pids(a.pid) END AS lockers
  FROM pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_stat_progress_create_index p USING (pid)
  WHERE a.pid = $1
)
SELECT me.pid, me.backend_start::text AS born, me.xact_start::text AS transaction, me.active, me.phase,
       CASE WHEN me.lockers_total > 0 THEN me.lockers_done ELSE coalesce(me.blocks_done, 0) END::float8 AS done,
       CASE WHEN me.lockers_total > 0 THEN me.lockers_total ELSE nullif(me.blocks_total, 0) END::float8 AS total,
       CASE WHEN me.lockers_total > 0 THEN 'transactions' ELSE 'blocks' END AS unit,
       (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
                 'pid', b.pid, 'application', nullif(l.application_name, ''), 'user', l.usename, 'state', l.state,
                 'seconds', extract(epoch FROM pg_catalog.clock_timestamp() - l.state_change)::float8,
                 'command', upper(substring(l.query FROM '^\\s*([A-Za-z]{1,20})')),
                 'kind', CASE WHEN l.backend_type IS DISTINCT FROM 'autovacuum worker' THEN 'session'
                              WHEN l.query LIKE '%to prevent wraparound%' THEN 'wraparound autovacuum'
                              ELSE 'autovacuum' END)), '[]')
        FROM (SELECT DISTINCT u.pid FROM pg_catalog.unnest(me.lockers) u (pid)) b
        LEFT JOIN pg_catalog.pg_stat_activity l ON l.pid = b.pid) AS blockers
FROM me`;

/**
 * Ends a session of ours whose connection is given up: what it holds is free at once, and it cannot commit any more. Looked
 * up by its start too: the number may have become another's.
 */
export const END_SESSION = `
SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
WHERE a.pid = $1 AND a.backend_start::text = $2`;

/** When a transaction began, to the microsecond: asked in it, and in another session of {@link END_LENT}. */
export const LENT_SINCE = 'extract(epoch FROM pg_catalog.transaction_timestamp())::text';

/** The same for a transaction of ours in a session that a pooler lends: the pooler finds that one gone, and makes another. */
export const END_LENT = `
SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
WHERE a.pid = $1 AND extract(epoch FROM a.xact_start)::text = $2`;
