import type { Queryable } from './queryable.ts';

/**
 * Makes the table in which migrations count their effects: each up inserts a row, each down one with `direction` `down`,
 * with the migration's name and the schema it ran in.
 */
export const EFFECT_LOG = `
CREATE TABLE public.effect_log (
  id bigint GENERATED ALWAYS AS IDENTITY, migration text NOT NULL, target text NOT NULL,
  direction text NOT NULL DEFAULT 'up' CHECK (direction IN ('up', 'down')), txid xid8 NOT NULL DEFAULT pg_current_xact_id())`;

/** The statement with which a migration of the tree logs its effect. */
export function logEffect(migration: string, direction: 'up' | 'down' = 'up'): string {
  return `INSERT INTO public.effect_log (migration, target, direction) VALUES ('${migration}', current_schema(), '${direction}')`;
}

/**
 * Where ledger and effects disagree: applied once means one effect more in than out, everything else none; of what has
 * not ended, either. Effects must alternate, too: in, out, in.
 */
export async function findMiscounted(db: Queryable, unlogged: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ line: string }>(MISCOUNTED, [unlogged]);
  return rows.map(({ line }) => line);
}

const MISCOUNTED = `
WITH effects AS (
  SELECT e.migration, e.target, e.direction,
         lag(e.direction) OVER (PARTITION BY e.migration, e.target ORDER BY e.id) AS before
  FROM public.effect_log e
), net AS (
  SELECT migration, target, sum(CASE direction WHEN 'up' THEN 1 ELSE -1 END)::int AS effects,
         bool_and(direction IS DISTINCT FROM before AND (before IS NOT NULL OR direction = 'up')) AS alternating
  FROM effects GROUP BY migration, target
), known AS (
  SELECT r.name AS migration, s.schema_name AS target, l.status
  FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) JOIN bfm.revision r USING (revision_id)
  WHERE s.retired_at IS NULL AND r.name <> ALL ($1::text[])
)
SELECT format('%s in %s: %s effects, the ledger says %s', coalesce(k.migration, n.migration), coalesce(k.target, n.target),
              coalesce(n.effects, 0), coalesce(k.status, 'nothing')) AS line
FROM known k FULL JOIN net n USING (migration, target)
WHERE coalesce(k.status, '') NOT IN ('started', 'undoing')
  AND coalesce(n.effects, 0) <> CASE WHEN k.status = 'applied' THEN 1 ELSE 0 END
UNION ALL
SELECT format('%s in %s: took effect twice in a row', migration, target) FROM net WHERE NOT alternating
ORDER BY 1`;
