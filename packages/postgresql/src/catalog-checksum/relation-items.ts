/**
 * One item for each part of the tables, views, sequences and indexes in `relation` (rows of pg_class with their
 * `namespace`). Names come qualified, whatever the search path: it is empty here.
 */
export const RELATION_ITEMS = `
SELECT r.namespace, format('%s %s%s%s%s%s%s%s%s',
    CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                   WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' WHEN 'S' THEN 'sequence' ELSE r.relkind::text END,
    r.oid::regclass,
    CASE WHEN r.relpersistence = 'p' THEN '' ELSE ' persistence ' || r.relpersistence::text END,
    CASE WHEN r.relrowsecurity THEN ' row security' ELSE '' END,
    CASE WHEN r.relforcerowsecurity THEN ' forced row security' ELSE '' END,
    CASE WHEN r.relreplident IN ('d', 'n') THEN '' ELSE ' replica identity ' || r.relreplident::text END,
    coalesce(' with ' || array_to_string(r.reloptions, ', '), ''),
    CASE WHEN r.relkind = 'p' THEN ' partition by ' || pg_get_partkeydef(r.oid) ELSE '' END,
    coalesce((SELECT ' inherits ' || string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
              FROM pg_inherits i WHERE i.inhrelid = r.oid) || coalesce(' ' || pg_get_expr(r.relpartbound, r.oid), ''), ''))
FROM relation r
UNION ALL
SELECT r.namespace, format('columns of %s: %s', r.oid::regclass, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE r.relkind <> 'S' GROUP BY r.namespace, r.oid
UNION ALL
SELECT r.namespace, format('column %s.%I %s%s%s%s%s', r.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || a.attcollation::regcollation::text ELSE '' END,
    CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
    CASE a.attidentity WHEN '' THEN '' WHEN 'a' THEN ' identity always' ELSE ' identity by default' END,
    CASE WHEN d.oid IS NULL THEN '' ELSE CASE a.attgenerated WHEN '' THEN ' default ' WHEN 's' THEN ' stored ' ELSE ' virtual ' END
      || pg_get_expr(d.adbin, d.adrelid) END)
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind <> 'S'
UNION ALL
SELECT r.namespace, format('constraint %I on %s %s%s', c.conname, r.oid::regclass, pg_get_constraintdef(c.oid),
    CASE WHEN c.convalidated THEN '' ELSE ' (not validated)' END)
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid WHERE c.contype NOT IN ('t', 'n')
UNION ALL
SELECT r.namespace, format('index %I on %s: %s%s', x.relname, r.oid::regclass, pg_get_indexdef(i.indexrelid),
    CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' (INVALID)' END)
FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
UNION ALL
SELECT r.namespace, format('definition of %s: %s', r.oid::regclass, pg_get_viewdef(r.oid))
FROM relation r WHERE r.relkind IN ('v', 'm')
UNION ALL
SELECT r.namespace, format('trigger %I on %s: %s%s', t.tgname, r.oid::regclass, pg_get_triggerdef(t.oid),
    CASE t.tgenabled WHEN 'O' THEN '' ELSE ' (enabled ' || t.tgenabled::text || ')' END)
FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT r.namespace, format('rule %I on %s: %s', w.rulename, r.oid::regclass, pg_get_ruledef(w.oid))
FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT r.namespace, format('policy %I on %s for %s%s using %s check %s', p.polname, r.oid::regclass, p.polcmd,
    CASE WHEN p.polpermissive THEN '' ELSE ' restrictive' END,
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
UNION ALL
SELECT r.namespace, format('sequence %s as %s start %s increment %s from %s to %s cache %s%s', r.oid::regclass,
    format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
    CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END)
FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid`;
