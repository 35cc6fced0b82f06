import { BfmError, type Failpoints } from '@bfm/core';
import type { ScopeChange, SessionHold } from '@bfm/engine';
import type pg from 'pg';
import { codeOf } from '../pg-errors.ts';
import { writeScopeEvents } from '../scopes/scope-events.ts';
import { holderText } from '../target-holder.ts';
import type { TakerIdentity } from '../taker-identity.ts';
import { withWrites } from '../with-writes.ts';

/** Which hold, why, and who ends it. */
export interface Releasing {
  readonly hold: Pick<SessionHold, 'connection' | 'schema' | 'holder'>;
  readonly change: ScopeChange;
  readonly taker: TakerIdentity;
  readonly failpoints: Failpoints;
}

/**
 * Ends a hold; see `HoldKeeper.release`. The fence first, so that nobody can take the target unseen before the event is
 * written; its row is held by a transaction of the holder, if there is one, and then that is ended first.
 */
export async function releaseHold(client: pg.ClientBase, releasing: Releasing): Promise<boolean> {
  const { hold } = releasing;
  const grown = await tryGrow(client, releasing, '100ms');
  if (grown !== null) {
    // Nobody else can have the lock as long as the session lives.
    if (grown !== 'gone') await endSession(client, hold, grown);
    return grown !== 'gone';
  }
  const hasEnded = await endSession(client, hold, hold.holder.token);
  const later = await tryGrow(client, releasing, '10s');
  if (later === null) throw stillHeld(hold);
  return hasEnded || later !== 'gone';
}

/** The new token; `gone`: the hold has ended; `null`: a transaction of the holder does not let go of the fence. */
async function tryGrow(
  client: pg.ClientBase,
  { hold, change, taker, failpoints }: Releasing,
  lockTimeout: string,
): Promise<string | null> {
  const { connection, schema, holder } = hold;
  const values = [connection, schema, holder.token, holderText(change, taker)];
  try {
    return await withWrites(client, { kind: 'scope', failpoints }, async () => {
      await client.query("SELECT set_config('lock_timeout', $1, true)", [lockTimeout]);
      const grown = await client.query<{ scope_id: number; token: string }>(GROW, values);
      const [row] = grown.rows;
      if (row === undefined) return 'gone';
      const detail = { action: 'release', holder: holder.name };
      await writeScopeEvents(client, [row.scope_id], { change, detail });
      return row.token;
    });
  } catch (error) {
    if (codeOf(error) === LOCK_NOT_AVAILABLE) return null;
    throw error;
  }
}

/** Tells whether there was one. */
async function endSession(
  client: pg.ClientBase,
  { connection, schema }: Pick<SessionHold, 'connection' | 'schema'>,
  token: string | null,
): Promise<boolean> {
  const ended = await client.query(END_SESSION, [connection, schema, token]);
  return (ended.rowCount ?? 0) > 0;
}

function stillHeld({ connection, schema, holder }: Releasing['hold']): BfmError {
  const { name, since, token } = holder;
  return new BfmError('target.locked', {
    message: `${connection}/${schema} is still in a transaction of ${name}, which did not end within 10 s; its session was ended, its fence is as it was`,
    details: { where: { connection, schema }, holder: name, since, token },
    next: 'run the same command again in a minute: the server ends what it does not hear of',
  });
}

const LOCK_NOT_AVAILABLE = '55P03';

const GROW = `
UPDATE bfm.scope SET fence_token = fence_token + 1, fence_holder = $4, fenced_at = clock_timestamp()
WHERE connection = $1 AND schema_name = $2 AND retired_at IS NULL AND fence_token = $3::bigint
RETURNING scope_id, fence_token::text AS token`;

// Whoever has the lock while the fence has this token is its holder.
const END_SESSION = `
SELECT pg_catalog.pg_terminate_backend(l.pid, 5000)
FROM bfm.scope s
CROSS JOIN LATERAL (SELECT pg_catalog.hashtextextended('bfm ' || s.schema_name, 0)) AS k(key)
JOIN pg_catalog.pg_locks l ON l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
  AND l.classid::int8 = (k.key >> 32) & 4294967295 AND l.objid::int8 = k.key & 4294967295
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
WHERE s.connection = $1 AND s.schema_name = $2 AND s.retired_at IS NULL AND s.fence_token = $3::bigint`;
