import type pg from 'pg';

/** Objects outside of a schema that depend on what is in it: what DROP SCHEMA ... CASCADE would take along. */
export async function outsideDependents(client: pg.ClientBase, schema: string): Promise<readonly string[]> {
  const found = await client.query<{ object: string }>(OUTSIDE, [schema]);
  return found.rows.map(({ object }) => object);
}

// Everything that hangs on the schema is walked along pg_depend as long as it is at home there; the first thing that is
// not is an outsider. Triggers, rules and the like are at home with their table. TOAST tables belong to their tables;
// casts, publications and other things without a schema that merely speak of what is in it go without a loss.
const OUTSIDE = `
WITH RECURSIVE edge AS NOT MATERIALIZED (
  SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, CASE d.classid
    WHEN 'pg_class'::regclass THEN (SELECT CASE c.relnamespace WHEN 'pg_toast'::regnamespace THEN 0 ELSE c.relnamespace END FROM pg_class c WHERE c.oid = d.objid)
    WHEN 'pg_type'::regclass THEN (SELECT t.typnamespace FROM pg_type t WHERE t.oid = d.objid)
    WHEN 'pg_proc'::regclass THEN (SELECT p.pronamespace FROM pg_proc p WHERE p.oid = d.objid)
    WHEN 'pg_constraint'::regclass THEN (SELECT c.connamespace FROM pg_constraint c WHERE c.oid = d.objid)
    WHEN 'pg_rewrite'::regclass THEN (SELECT c.relnamespace FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE r.oid = d.objid)
    WHEN 'pg_trigger'::regclass THEN (SELECT c.relnamespace FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.oid = d.objid)
    WHEN 'pg_policy'::regclass THEN (SELECT c.relnamespace FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE p.oid = d.objid)
    WHEN 'pg_attrdef'::regclass THEN (SELECT c.relnamespace FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid WHERE a.oid = d.objid)
    WHEN 'pg_operator'::regclass THEN (SELECT o.oprnamespace FROM pg_operator o WHERE o.oid = d.objid)
    WHEN 'pg_statistic_ext'::regclass THEN (SELECT s.stxnamespace FROM pg_statistic_ext s WHERE s.oid = d.objid)
    WHEN 'pg_extension'::regclass THEN 1
    WHEN 'pg_event_trigger'::regclass THEN 1
    ELSE 0 END AS home
  FROM pg_depend d WHERE d.deptype <> 'e'
), inside AS (
  SELECT 'pg_namespace'::regclass::oid AS classid, n.oid AS objid, n.oid AS home FROM pg_namespace n WHERE n.nspname = $1
  UNION
  SELECT e.classid, e.objid, i.home FROM inside i
  JOIN edge e ON e.refclassid = i.classid AND e.refobjid = i.objid AND e.home = i.home
)
SELECT DISTINCT o.type || ' ' || o.identity AS object
FROM inside i JOIN edge e ON e.refclassid = i.classid AND e.refobjid = i.objid AND e.home NOT IN (i.home, 0)
CROSS JOIN LATERAL (
  SELECT r.ev_class FROM pg_rewrite r WHERE e.classid = 'pg_rewrite'::regclass AND r.oid = e.objid
  UNION ALL SELECT NULL WHERE e.classid <> 'pg_rewrite'::regclass) AS rule(relation)
CROSS JOIN LATERAL pg_identify_object(CASE WHEN rule.relation IS NULL THEN e.classid ELSE 'pg_class'::regclass END,
                                      coalesce(rule.relation, e.objid), CASE WHEN rule.relation IS NULL THEN e.objsubid ELSE 0 END) o
ORDER BY 1`;
