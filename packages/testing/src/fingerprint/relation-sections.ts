import { aclText, labelled, notOfExtension, sorted } from './sql-fragments.ts';

/** Joins and conditions that all queries about relations share; `c` is the relation and `n` its schema. */
const IN_SCOPE = `nspname = ANY ($1) AND ${notOfExtension('pg_class', 'c.oid')}`;

const RELATIONS = `
  SELECT format('relation %s kind=%s persistence=%s%s%s%s%s%s%s%s%s%s%s%s owner=%s acl=%s', c.oid::regclass, relkind, relpersistence,
                ${labelled('rls', "CASE WHEN relrowsecurity OR relforcerowsecurity THEN relrowsecurity::text || '/' || relforcerowsecurity END")},
                ${labelled('replica_identity', "nullif(relreplident, 'd')")},
                ${labelled('options', sorted('reloptions'))},
                ${labelled('toast_options', `(SELECT ${sorted('toast.reloptions')} FROM pg_class toast WHERE toast.oid = c.reltoastrelid)`)},
                ${labelled('tablespace', '(SELECT spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace)')},
                ${labelled('of', 'CASE WHEN reloftype <> 0 THEN format_type(reloftype, NULL) END')},
                ${labelled('foreign', "(SELECT format('%I %s', srvname, ftoptions) FROM pg_foreign_table JOIN pg_foreign_server f ON f.oid = ftserver WHERE ftrelid = c.oid)")},
                ${labelled('method', '(SELECT amname FROM pg_am WHERE oid = relam)')},
                ${labelled('partitioned_by', "CASE WHEN relkind = 'p' THEN pg_get_partkeydef(c.oid) END")},
                ${labelled('inherits', "(SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid)")},
                ${labelled('bound', "CASE WHEN relkind IN ('r', 'p', 'f') THEN pg_get_expr(relpartbound, c.oid) END")},
                pg_get_userbyid(relowner),
                CASE WHEN relkind = 'c' THEN '' WHEN relkind = 'S' THEN ${aclText('relacl', 's', 'relowner')}
                     ELSE ${aclText('relacl', 'r', 'relowner')} END) AS line
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S') AND ${IN_SCOPE}`;

/** A column's place is counted among those that exist: attnum also counts dropped ones. */
const COLUMNS = `
  SELECT format('column %s[%s] %I type=%s%s%s%s%s%s%s%s%s', c.oid::regclass, place, attname, format_type(atttypid, atttypmod),
                CASE WHEN attnotnull THEN ' not null' ELSE '' END,
                ${labelled('identity', 'attidentity')},
                ${labelled('generated', 'attgenerated')},
                ${labelled('default', 'pg_get_expr(adbin, adrelid)')},
                ${labelled('collation', 'CASE WHEN attcollation <> typcollation THEN attcollation::regcollation END')},
                ${labelled('storage', 'CASE WHEN attstorage <> typstorage THEN attstorage END')},
                ${labelled('compression', 'attcompression')} || ${labelled('statistics', 'nullif(coalesce(attstattarget, -1), -1)')}
                  || ${labelled('options', sorted('attoptions'))} || ${labelled('foreign', 'attfdwoptions')}
                  || CASE WHEN attinhcount > 0 THEN format(' inherited=%s local=%s', attinhcount, attislocal) ELSE '' END,
                CASE WHEN attacl IS NULL THEN '' ELSE ' acl=' || ${aclText('attacl', 'c', 'relowner')} END) AS line
  FROM (SELECT *, row_number() OVER (PARTITION BY attrelid ORDER BY attnum) AS place
        FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped) a
  JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_type t ON t.oid = atttypid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${IN_SCOPE}`;

const CONSTRAINTS = `
  SELECT format('constraint %s on %s type=%s %s valid=%s local=%s', quote_ident(conname),
                CASE WHEN contypid <> 0 THEN format_type(contypid, NULL) ELSE conrelid::regclass::text END,
                contype, pg_get_constraintdef(con.oid), convalidated, conislocal) AS line
  FROM pg_constraint con JOIN pg_namespace n ON n.oid = connamespace
  WHERE contype <> 't' AND nspname = ANY ($1) AND ${notOfExtension('pg_class', 'conrelid')}
    AND ${notOfExtension('pg_type', 'contypid')}`;

const INDEXES = `
  SELECT format('index %s valid=%s ready=%s live=%s%s%s%s%s%s', pg_get_indexdef(indexrelid), indisvalid, indisready, indislive,
                ${labelled('tablespace', '(SELECT spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace)')},
                ${labelled('statistics', "(SELECT string_agg(attnum || ':' || attstattarget, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attstattarget >= 0)")},
                CASE WHEN indisclustered THEN ' clustered' ELSE '' END,
                CASE WHEN indisreplident THEN ' replica identity' ELSE '' END,
                CASE WHEN indimmediate THEN '' ELSE ' deferred' END) AS line
  FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE ${IN_SCOPE}`;

const VIEWS = `
  SELECT format(E'view %s populated=%s\\n%s', c.oid::regclass, relispopulated, pg_get_viewdef(c.oid)) AS line
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('v', 'm') AND ${IN_SCOPE}`;

const TRIGGERS = `
  SELECT format('trigger %s enabled=%s', pg_get_triggerdef(t.oid), tgenabled) AS line
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE NOT tgisinternal AND ${IN_SCOPE}`;

/** The triggers behind foreign keys have numbers for names; what can be changed is whether they fire. */
const CONSTRAINT_TRIGGERS = `
  SELECT format('triggers of %I on %s function=%s enabled=%s', con.conname, c.oid::regclass, tgfoid::regproc, tgenabled) AS line
  FROM pg_trigger JOIN pg_constraint con ON con.oid = tgconstraint
  JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE tgisinternal AND tgenabled <> 'O' AND ${IN_SCOPE}`;

const RULES = `
  SELECT format('rule %s enabled=%s', pg_get_ruledef(r.oid), ev_enabled) AS line
  FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN pg_namespace n ON n.oid = relnamespace
  WHERE rulename <> '_RETURN' AND ${IN_SCOPE}`;

const POLICIES = `
  SELECT format('policy %I on %s command=%s permissive=%s roles=%s using=%s check=%s', polname, c.oid::regclass, polcmd,
                polpermissive,
                (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END, ','
                                   ORDER BY pg_get_userbyid(role)::text COLLATE "C") FROM unnest(polroles) AS role),
                pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) AS line
  FROM pg_policy JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${IN_SCOPE}`;

const SEQUENCES = `
  SELECT format('sequence %s type=%s start=%s increment=%s min=%s max=%s cache=%s cycle=%s%s', c.oid::regclass,
                format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
                ${labelled(
                  'owned_by',
                  `SELECT format('%s.%I', attrelid::regclass, attname)
                   FROM pg_depend d JOIN pg_attribute ON attrelid = d.refobjid AND attnum = d.refobjsubid
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                     AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0`,
                )}) AS line
  FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${IN_SCOPE}`;

const STATISTICS = `
  SELECT format('statistics %s target=%s owner=%s', pg_get_statisticsobjdef(s.oid),
                nullif(coalesce(stxstattarget, -1), -1), pg_get_userbyid(stxowner)) AS line
  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace WHERE nspname = ANY ($1)`;

const PUBLICATIONS = `
  SELECT format('published %s by %I', c.oid::regclass, pubname) AS line
  FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid
  JOIN pg_class c ON c.oid = prrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${IN_SCOPE}`;

/** Queries for relations and what hangs on them; each takes the schemas' names as $1 and returns the column `line`. */
export const RELATION_SECTIONS: readonly string[] = [
  RELATIONS,
  COLUMNS,
  CONSTRAINTS,
  INDEXES,
  VIEWS,
  TRIGGERS,
  CONSTRAINT_TRIGGERS,
  RULES,
  POLICIES,
  SEQUENCES,
  STATISTICS,
  PUBLICATIONS,
];
