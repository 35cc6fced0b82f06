import { aclText, labelled, notOfExtension } from './sql-fragments.ts';

const SCHEMAS = `
  SELECT format('schema %I owner=%s acl=%s', nspname, pg_get_userbyid(nspowner), ${aclText('nspacl', 'n', 'nspowner')}) AS line
  FROM pg_namespace WHERE nspname = ANY ($1)`;

const EXTENSIONS = `
  SELECT format('extension %I version=%s schema=%I owner=%s members=%s', extname, extversion, nspname,
                pg_get_userbyid(extowner),
                (SELECT md5(string_agg(o.type || ' ' || o.identity, ',' ORDER BY o.type, o.identity COLLATE "C"))
                 FROM pg_depend d, pg_identify_object(d.classid, d.objid, d.objsubid) o
                 WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e')) AS line
  FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE nspname = ANY ($1)`;

/** Labels are listed in their order, which decides how values compare. */
const ENUMS = `
  SELECT format('enum %s labels=%s owner=%s acl=%s', format_type(t.oid, NULL),
                (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
                pg_get_userbyid(typowner), ${aclText('typacl', 'T', 'typowner')}) AS line
  FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
  WHERE typtype = 'e' AND nspname = ANY ($1) AND ${notOfExtension('pg_type', 't.oid')}`;

const DOMAINS = `
  SELECT format('domain %s type=%s%s%s%s owner=%s acl=%s', format_type(t.oid, NULL), format_type(typbasetype, typtypmod),
                CASE WHEN typnotnull THEN ' not null' ELSE '' END,
                ${labelled('default', 'typdefault')},
                ${labelled('collation', 'CASE WHEN typcollation <> 0 THEN typcollation::regcollation END')},
                pg_get_userbyid(typowner), ${aclText('typacl', 'T', 'typowner')}) AS line
  FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
  WHERE typtype = 'd' AND nspname = ANY ($1) AND ${notOfExtension('pg_type', 't.oid')}`;

const RANGES = `
  SELECT format('range %s subtype=%s operators=%s multirange=%s canonical=%s difference=%s collation=%s owner=%s acl=%s',
                format_type(t.oid, NULL), format_type(rngsubtype, NULL),
                (SELECT opcname FROM pg_opclass WHERE oid = rngsubopc), format_type(rngmultitypid, NULL), rngcanonical,
                rngsubdiff, CASE WHEN rngcollation <> 0 THEN rngcollation::regcollation END, pg_get_userbyid(typowner),
                ${aclText('typacl', 'T', 'typowner')}) AS line
  FROM pg_range JOIN pg_type t ON t.oid = rngtypid JOIN pg_namespace n ON n.oid = typnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_type', 't.oid')}`;

const FUNCTIONS = `
  SELECT format(E'function %s owner=%s acl=%s\\n%s', p.oid::regprocedure, pg_get_userbyid(proowner),
                ${aclText('proacl', 'f', 'proowner')}, pg_get_functiondef(p.oid)) AS line
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
  WHERE prokind <> 'a' AND nspname = ANY ($1) AND ${notOfExtension('pg_proc', 'p.oid')}`;

const AGGREGATES = `
  SELECT format('aggregate %s kind=%s step=%s state=%s final=%s%s initial=%L combine=%s serial=%s/%s moving=%s parallel=%s owner=%s acl=%s',
                p.oid::regprocedure, aggkind, aggtransfn, format_type(aggtranstype, NULL), aggfinalfn,
                CASE WHEN aggfinalextra THEN ' with extra' ELSE '' END, agginitval, aggcombinefn, aggserialfn, aggdeserialfn,
                format('%s/%s/%s/%s/%L', aggmtransfn, aggminvtransfn, aggmfinalfn, aggmtranstype::regtype, aggminitval),
                proparallel, pg_get_userbyid(proowner), ${aclText('proacl', 'f', 'proowner')}) AS line
  FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = pronamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_proc', 'p.oid')}`;

/** The existence of everything that depends on a schema, so that kinds without a section of their own show as well. */
const INVENTORY = `
  SELECT format('object %s %s', o.type, o.identity) AS line
  FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid,
       pg_identify_object(d.classid, d.objid, d.objsubid) o
  WHERE d.refclassid = 'pg_namespace'::regclass AND nspname = ANY ($1) AND d.deptype = 'n'`;

/** Comments on triggers, policies and rules, whose identity names no schema, are found through their table. */
const COMMENTS = `
  SELECT format('comment on %s %s: %L', o.type, o.identity, d.description) AS line
  FROM pg_description d
  CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
  LEFT JOIN pg_trigger t ON d.classoid = 'pg_trigger'::regclass AND t.oid = d.objoid
  LEFT JOIN pg_policy p ON d.classoid = 'pg_policy'::regclass AND p.oid = d.objoid
  LEFT JOIN pg_rewrite r ON d.classoid = 'pg_rewrite'::regclass AND r.oid = d.objoid
  LEFT JOIN pg_class c ON c.oid = coalesce(t.tgrelid, p.polrelid, r.ev_class)
  WHERE CASE WHEN o.type = 'schema' THEN d.objoid = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1))
             WHEN c.oid IS NOT NULL THEN c.relnamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1))
             ELSE o.schema = ANY (SELECT quote_ident(name) FROM unnest($1::text[]) AS name)
                  OR o.schema = ANY ($1) END`;

const DEFAULT_PRIVILEGES = `
  SELECT format('default privileges of %s in %I for %s: %s', pg_get_userbyid(defaclrole), nspname, defaclobjtype,
                ${aclText('defaclacl', 'r', 'defaclrole')}) AS line
  FROM pg_default_acl JOIN pg_namespace n ON n.oid = defaclnamespace WHERE nspname = ANY ($1)`;

const EVENT_TRIGGERS = `
  SELECT format('event trigger %I on %s tags=%s enabled=%s function=%s owner=%s', evtname, evtevent, evttags, evtenabled,
                p.oid::regprocedure, pg_get_userbyid(evtowner)) AS line
  FROM pg_event_trigger JOIN pg_proc p ON p.oid = evtfoid JOIN pg_namespace n ON n.oid = pronamespace
  WHERE nspname = ANY ($1)`;

/** Queries for what is no relation; each takes the schemas' names as $1 and returns the column `line`. */
export const OBJECT_SECTIONS: readonly string[] = [
  SCHEMAS,
  EXTENSIONS,
  ENUMS,
  DOMAINS,
  RANGES,
  FUNCTIONS,
  AGGREGATES,
  INVENTORY,
  COMMENTS,
  DEFAULT_PRIVILEGES,
  EVENT_TRIGGERS,
];
