import type { Queryable } from './queryable.ts';

/** What is wrong with a ledger in itself, and what has begun and not ended. */
export async function findLedgerFaults(
  db: Queryable,
  { unfinished }: { readonly unfinished: 'allowed' | 'refused' },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const sql of [TOKENS, EVENTS, DIGESTS, ...(unfinished === 'refused' ? [UNFINISHED] : [])]) {
    const { rows } = await db.query<{ line: string }>(sql);
    found.push(...rows.map(({ line }) => line));
  }
  return found;
}

/** Fencing tokens never go back, and none is newer than the fence itself. */
const TOKENS = `
SELECT format('event %s of %s/%s has token %s after %s (the fence has %s)', e.event_id, s.connection, s.schema_name,
              e.fence_token, e.before, s.fence_token) AS line
FROM (SELECT event_id, scope_id, fence_token,
             lag(fence_token) OVER (PARTITION BY scope_id ORDER BY event_id) AS before FROM bfm.event) e
JOIN bfm.scope s USING (scope_id)
WHERE e.fence_token < e.before OR e.fence_token > s.fence_token ORDER BY e.event_id`;

/** Applied and rolled back take turns, and the last of them is what the ledger says; unless somebody repaired it. */
const EVENTS = `
WITH told AS (
  SELECT e.event_id, e.scope_id, e.migration_id, e.kind,
         lag(e.kind) OVER w AS before, lead(e.kind) OVER w IS NULL AS last
  FROM bfm.event e WHERE e.kind IN ('applied', 'rolled_back')
    AND NOT EXISTS (SELECT FROM bfm.event r WHERE r.scope_id = e.scope_id AND r.kind IN ('repaired', 'baselined')
                    AND (r.migration_id = e.migration_id OR r.migration_id IS NULL))
  WINDOW w AS (PARTITION BY e.scope_id, e.migration_id ORDER BY e.event_id)
)
SELECT format('event %s: %s was %s twice in a row in %s', t.event_id, t.migration_id, t.kind, s.schema_name) AS line
FROM told t JOIN bfm.scope s USING (scope_id)
WHERE t.kind = t.before OR (t.before IS NULL AND t.kind <> 'applied')
UNION ALL
SELECT format('%s in %s: the last event is %s, the ledger says %s', t.migration_id, s.schema_name, t.kind,
              coalesce(l.status, 'nothing'))
FROM told t JOIN bfm.scope s USING (scope_id) LEFT JOIN bfm.ledger l USING (scope_id, migration_id)
WHERE t.last AND (t.kind = 'applied') <> (coalesce(l.status, '') IN ('applied', 'undoing'))
UNION ALL
SELECT format('%s in %s is applied, and no event says so', l.migration_id, s.schema_name)
FROM bfm.ledger l JOIN bfm.scope s USING (scope_id)
WHERE l.status = 'applied' AND NOT EXISTS (SELECT FROM bfm.event e WHERE e.scope_id = l.scope_id
  AND (e.migration_id = l.migration_id OR e.migration_id IS NULL))`;

/** A digest that is not that of its rows would let a plan rest on another ledger. */
const DIGESTS = `
SELECT format('the digest of %s/%s is not that of its rows', s.connection, s.schema_name) AS line
FROM bfm.scope s LEFT JOIN bfm.ledger l USING (scope_id)
GROUP BY s.scope_id, s.connection, s.schema_name, s.digest
HAVING s.digest <> coalesce(bit_xor(bfm.row_digest(l.revision_id, l.status)), 0::bit(128))`;

const UNFINISHED = `
SELECT format('%s in %s has not ended: %s', l.migration_id, s.schema_name, l.status) AS line
FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE l.status IN ('started', 'undoing') AND s.retired_at IS NULL
UNION ALL
SELECT format('progress is left of %s in %s', p.migration_id, s.schema_name)
FROM bfm.progress p JOIN bfm.scope s USING (scope_id) JOIN bfm.ledger l USING (scope_id, migration_id)
WHERE l.status NOT IN ('started', 'undoing', 'failed') AND s.retired_at IS NULL
UNION ALL
SELECT format('INVALID index %s', i.indexrelid::regclass) FROM pg_index i WHERE NOT i.indisvalid`;
