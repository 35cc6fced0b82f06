import type { StatementProgress } from '@bfm/core';
import pg from 'pg';

/** How often a long statement is looked at, in milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** What watching needs. */
export interface WatchInit {
  readonly pid: number;
  readonly config: pg.ClientConfig;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Tells what a backend is doing, over a connection of its own that is made only once the statement has taken a while.
 * Best effort: never throws, and tells nothing when it cannot look.
 */
export async function watchStatement(
  { pid, config, sleep }: WatchInit,
  signal: AbortSignal,
  tell: (progress: StatementProgress) => void,
): Promise<void> {
  const wasToldToEnd = async (): Promise<boolean> => {
    await sleep(LOOK_EVERY_MS, signal);
    return signal.aborted;
  };
  if (await wasToldToEnd()) return;
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  try {
    await client.connect();
    do {
      const found = await client.query<ProgressRow>(PROGRESS, [pid]);
      const [row] = found.rows;
      if (row !== undefined) tell(toProgress(row));
    } while (!(await wasToldToEnd()));
  } catch {
    // Nothing is lost but the news.
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface ProgressRow {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: StatementProgress['unit'];
  readonly waiting_for: string | null;
}

function toProgress(row: ProgressRow): StatementProgress {
  const { phase, done, total, unit, waiting_for: waitingFor } = row;
  return { phase, done, total, unit, waitingFor };
}

const PROGRESS = `
WITH me AS (
  SELECT a.pid, a.wait_event_type, a.wait_event, p.phase, p.blocks_done, p.blocks_total, p.lockers_done,
         p.lockers_total, coalesce(nullif(p.current_locker_pid, 0), (pg_catalog.pg_blocking_pids(a.pid))[1]) AS locker
  FROM pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_stat_progress_create_index p USING (pid)
  WHERE a.pid = $1 AND a.state = 'active'
)
SELECT coalesce(me.phase, CASE WHEN me.locker IS NULL THEN 'running' ELSE 'waiting for a lock' END) AS phase,
       CASE WHEN me.lockers_total > 0 THEN me.lockers_done ELSE coalesce(me.blocks_done, 0) END::float8 AS done,
       CASE WHEN me.lockers_total > 0 THEN me.lockers_total ELSE nullif(me.blocks_total, 0) END::float8 AS total,
       CASE WHEN me.lockers_total > 0 THEN 'transactions' ELSE 'blocks' END AS unit,
       'pid ' || me.locker || coalesce(' (' || concat_ws(', ', nullif(l.application_name, ''), l.usename, l.state) || ')', '') AS waiting_for
FROM me LEFT JOIN pg_catalog.pg_stat_activity l ON l.pid = me.locker`;
