import type { TargetHolder } from '@bfm/core';
import type pg from 'pg';
import type { TakerIdentity } from './taker-identity.ts';

/** How often, and how long between, the ledger is asked again for a holder that has only just begun to be one. */
const LOOKS = 10;
const LOOK_MS = 20;

const NEVER = new AbortController().signal;

/**
 * What the fence is held under. Its last part is the backend that holds the session lock, by which one that has the lock
 * is told apart from one that had it before.
 */
export function holderText(
  { actor, runId }: { readonly actor: string; readonly runId: string },
  { pid, uniqueId, backend }: Pick<TakerIdentity, 'pid' | 'uniqueId' | 'backend'>,
): string {
  return `${actor} (pid ${pid}, run ${runId}, session ${uniqueId}.${backend})`;
}

/** Who holds a schema that could not be had. Whoever has the lock may not have written yet who it is: that takes moments. */
export async function findHolder(
  client: pg.ClientBase,
  schema: string,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<TargetHolder> {
  for (let look = 1; ; look += 1) {
    const found = await client.query<HolderRow>(HOLDER, [schema]);
    const row = found.rows[0] ?? { backend: null, name: null, since: null, token: null };
    if (row.name !== null && isHeldBy(row.name, row.backend)) return { ...row, name: row.name };
    if (look === LOOKS) return unknownHolder(row.backend);
    await sleep(LOOK_MS, NEVER);
  }
}

/** A holder of whom nothing is written. */
export function unknownHolder(backend: number | null): TargetHolder {
  const name = backend === null ? 'another session' : `another session (backend ${backend})`;
  return { name, since: null, token: null };
}

/** A holder that an older version has written names no backend. */
function isHeldBy(name: string, backend: number | null): boolean {
  const written = /, session [^,()]*\.([0-9]+)\)$/.exec(name)?.[1];
  return backend === null || written === undefined || Number(written) === backend;
}

interface HolderRow {
  readonly backend: number | null;
  readonly name: string | null;
  readonly since: string | null;
  readonly token: string | null;
}

// The key is that of bfm.take, in the two halves that pg_locks shows.
const HOLDER = `
SELECT l.pid AS backend, s.fence_holder AS name, s.fence_token::text AS token,
       to_char(s.fenced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
FROM (SELECT pg_catalog.hashtextextended('bfm ' || $1, 0) AS key) AS k
LEFT JOIN pg_catalog.pg_locks l ON l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
  AND l.classid::int8 = (k.key >> 32) & 4294967295 AND l.objid::int8 = k.key & 4294967295
  AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
LEFT JOIN LATERAL (
  SELECT s.* FROM bfm.scope s WHERE s.schema_name = $1 AND s.retired_at IS NULL ORDER BY s.fenced_at DESC LIMIT 1
) AS s ON true`;
