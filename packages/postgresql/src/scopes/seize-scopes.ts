import type { ScopeChange, ScopeResult } from '@bfm/engine';
import type pg from 'pg';
import { codeOf } from '../pg-errors.ts';
import { findHolder, holderText, unknownHolder } from '../target-holder.ts';
import type { TakerIdentity } from '../taker-identity.ts';
import { withWrites } from '../with-writes.ts';

/** What is done to scopes once they are ours. */
export interface Seizing {
  readonly change: ScopeChange;
  readonly taker: TakerIdentity;
  /** Gives the ids of current scopes; its rows are locked. May be asked with these values. */
  readonly find: { readonly text: string; readonly values: readonly unknown[] };
  /** Schemas to be locked against takers beside; for few. */
  readonly schemas: readonly string[];
}

/** Held by somebody else. */
class HeldError extends Error {
  readonly schema: string;

  constructor(schema: string) {
    super('held');
    this.schema = schema;
  }
}

/**
 * Takes scopes and does something with them, all in one transaction. Nobody is waited for. Whoever held one of them before
 * and comes late finds the fence grown.
 */
export async function withScopes(
  client: pg.ClientBase,
  seizing: Seizing,
  work: (scopeIds: readonly number[]) => Promise<void>,
): Promise<ScopeResult> {
  try {
    const { failpoints } = seizing.taker;
    await withWrites(client, { kind: 'scope', failpoints }, async () => {
      await lockSchemas(client, seizing.schemas);
      const ids = await lockRows(client, seizing.find);
      await client.query(TAKE_OVER, [ids, holderText(seizing.change, seizing.taker)]);
      await work(ids);
    });
    return { ok: true };
  } catch (error) {
    if (error instanceof HeldError) {
      return { ok: false, holder: await findHolder(client, error.schema, seizing.taker.sleep) };
    }
    if (codeOf(error) === LOCK_NOT_AVAILABLE) return { ok: false, holder: unknownHolder(null) };
    throw error;
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

async function lockSchemas(client: pg.ClientBase, schemas: readonly string[]): Promise<void> {
  for (const schema of schemas) {
    const found = await client.query<{ locked: boolean }>(TRY_LOCK, [schema]);
    if (found.rows[0]?.locked !== true) throw new HeldError(schema);
  }
}

async function lockRows(
  client: pg.ClientBase,
  { text, values }: Seizing['find'],
): Promise<readonly number[]> {
  const locked = await client.query<{ scope_id: number }>(text, [...values]);
  const ids = locked.rows.map(({ scope_id }) => scope_id);
  const held = await client.query<{ schema: string }>(HELD_BY, [ids]);
  const [first] = held.rows;
  if (first !== undefined) throw new HeldError(first.schema);
  return ids;
}

const TRY_LOCK = `
SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('bfm ' || $1, 0)) AS locked`;

// The lock of a taken target, as bfm.take has it, in the two halves that pg_locks shows. Locks of thousands of schemas at
// once would not fit into the server's lock table, so these are only looked for.
const HELD_BY = `
SELECT s.schema_name AS schema
FROM bfm.scope s
CROSS JOIN LATERAL (SELECT pg_catalog.hashtextextended('bfm ' || s.schema_name, 0)) AS k(key)
JOIN pg_catalog.pg_locks l ON l.locktype = 'advisory' AND l.objsubid = 1
  AND l.classid::int8 = (k.key >> 32) & 4294967295 AND l.objid::int8 = k.key & 4294967295
WHERE s.scope_id = ANY($1::int[]) AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
LIMIT 1`;

const TAKE_OVER = `
UPDATE bfm.scope SET fence_token = fence_token + 1, fence_holder = $2, fenced_at = clock_timestamp()
WHERE scope_id = ANY($1::int[])`;
