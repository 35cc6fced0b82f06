import type { LockProvider } from '@bfm/engine';
import { until } from '../until.ts';
import type { Queryable } from './queryable.ts';

/** Where runs may have left something. */
export interface LeftBehindScope {
  readonly locks: readonly LockProvider[];
  /** Processes that must be gone. */
  readonly pids: readonly number[];
  /** How long what is ending just now may take, in milliseconds: the server has to notice that a client was killed. */
  readonly settleMs: number;
  /** A pooler keeps sessions for whoever comes next. */
  readonly pooled: boolean;
}

/** Session locks, sessions of BFM, open and prepared transactions, leases and processes that are still there. */
export async function findLeftBehind(db: Queryable, scope: LeftBehindScope): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const look = async (): Promise<boolean> => {
    left = await list(db, scope);
    return left.length === 0;
  };
  await until(look, { what: 'the end of all locks', timeoutMs: scope.settleMs }).catch((error: unknown) => {
    if (left.length === 0) throw error;
  });
  return left;
}

async function list(db: Queryable, { locks, pids, pooled }: LeftBehindScope): Promise<readonly string[]> {
  const { rows } = await db.query<{ line: string }>(IN_THE_DATABASE, [pooled]);
  const leases = (await Promise.all(locks.map((provider) => provider.list()))).flat();
  return [
    ...rows.map(({ line }) => line),
    ...leases.map(
      ({ key, token, holder }) => `lease of ${key} (token ${token}, ${holder.actor} ${holder.pid})`,
    ),
    ...pids.filter(isAlive).map((pid) => `process ${pid}`),
  ];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const IN_THE_DATABASE = `
WITH here AS (SELECT oid, datname FROM pg_database WHERE datname = current_database())
SELECT format('advisory lock of pid %s', l.pid) AS line FROM pg_locks l, here
  WHERE l.locktype = 'advisory' AND l.database = here.oid
UNION ALL
SELECT format('session of %s, pid %s, %s: %s', a.application_name, a.pid, a.state, left(a.query, 80))
  FROM pg_stat_activity a, here
  WHERE a.datname = here.datname AND a.pid <> pg_backend_pid()
    AND (a.state LIKE 'idle in transaction%' OR (a.application_name = 'bfm' AND NOT $1::boolean))
UNION ALL
SELECT format('prepared transaction %s', p.gid) FROM pg_prepared_xacts p, here WHERE p.database = here.datname`;
