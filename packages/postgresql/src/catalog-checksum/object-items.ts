/** One item for each type, function and other object in `member` (classid and objid of what a `namespace` holds). */
export const OBJECT_ITEMS = `
SELECT m.namespace, format('enum %s: %s', format_type(t.oid, NULL),
    (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid WHERE t.typtype = 'e'
UNION ALL
SELECT m.namespace, format('domain %s %s%s%s%s', format_type(t.oid, NULL), format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typnotnull THEN ' not null' ELSE '' END, coalesce(' default ' || t.typdefault, ''),
    coalesce((SELECT string_agg(format(' constraint %I %s', c.conname, pg_get_constraintdef(c.oid)), '' ORDER BY c.conname)
              FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype <> 'n'), ''))
FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid WHERE t.typtype = 'd'
UNION ALL
SELECT m.namespace, format('range %s of %s', format_type(t.oid, NULL), format_type(g.rngsubtype, NULL))
FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid JOIN pg_range g ON g.rngtypid = t.oid
UNION ALL
SELECT m.namespace, format('%s %s(%s) returns %s language %s %s%s%s%s%s%s: %s',
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window function' ELSE 'function' END,
    quote_ident(p.proname), pg_get_function_arguments(p.oid), coalesce(pg_get_function_result(p.oid), 'nothing'), l.lanname,
    CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.proisstrict THEN ' strict' ELSE '' END, CASE WHEN p.prosecdef THEN ' security definer' ELSE '' END,
    CASE WHEN p.proleakproof THEN ' leakproof' ELSE '' END, ' parallel ' || p.proparallel::text,
    pg_catalog.regexp_replace(coalesce(' set ' || array_to_string(p.proconfig, ', '), ''), w.word, '{schema}', 'g'),
    pg_catalog.regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), w.word, '{schema}', 'g'))
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid JOIN pg_language l ON l.oid = p.prolang
JOIN wanted w ON w.namespace = m.namespace WHERE p.prokind <> 'a'
UNION ALL
SELECT m.namespace, format('aggregate %s step %s state %s final %s initial %s', p.oid::regprocedure, a.aggtransfn,
    format_type(a.aggtranstype, NULL), a.aggfinalfn, quote_nullable(a.agginitval))
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid JOIN pg_aggregate a ON a.aggfnoid = p.oid
UNION ALL
SELECT m.namespace, format('statistics %s', pg_get_statisticsobjdef(m.objid))
FROM member m WHERE m.classid = 'pg_statistic_ext'::regclass
UNION ALL
SELECT m.namespace, format('%s %s', o.type, o.identity)
FROM member m CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) o
WHERE m.classid NOT IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_statistic_ext'::regclass)`;
