import { aclText, labelled, notOfExtension } from './sql-fragments.ts';

/** Shell types have neither functions nor anything else. */
const BASE_TYPES = `
  SELECT format('base type %s defined=%s length=%s by_value=%s align=%s storage=%s category=%s%s%s owner=%s acl=%s',
                format_type(t.oid, NULL), typisdefined, typlen, typbyval, typalign, typstorage, typcategory,
                CASE WHEN typispreferred THEN ' preferred' ELSE '' END,
                ${labelled('default', 'typdefault')}
                  || format(' in=%s out=%s receive=%s send=%s modifiers=%s/%s analyze=%s subscript=%s', typinput, typoutput,
                            typreceive, typsend, typmodin, typmodout, typanalyze, typsubscript),
                pg_get_userbyid(typowner), ${aclText('typacl', 'T', 'typowner')}) AS line
  FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
  WHERE (typtype = 'p' OR typtype = 'b' AND typcategory <> 'A') AND nspname = ANY ($1) AND ${notOfExtension('pg_type', 't.oid')}`;

const OPERATORS = `
  SELECT format('operator %s returns=%s function=%s commutator=%s negator=%s restrict=%s join=%s%s%s owner=%s',
                o.oid::regoperator, format_type(oprresult, NULL), oprcode, oprcom::regoperator, oprnegate::regoperator,
                oprrest, oprjoin, CASE WHEN oprcanmerge THEN ' merges' ELSE '' END,
                CASE WHEN oprcanhash THEN ' hashes' ELSE '' END, pg_get_userbyid(oprowner)) AS line
  FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_operator', 'o.oid')}`;

const OPERATOR_CLASSES = `
  SELECT format('operator class %I.%I using %s family=%s type=%s key=%s default=%s owner=%s', nspname, opcname, amname,
                (pg_identify_object('pg_opfamily'::regclass, opcfamily, 0)).identity, format_type(opcintype, NULL),
                CASE WHEN opckeytype <> 0 THEN format_type(opckeytype, NULL) END, opcdefault,
                pg_get_userbyid(opcowner)) AS line
  FROM pg_opclass o JOIN pg_namespace n ON n.oid = opcnamespace JOIN pg_am a ON a.oid = opcmethod
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_opclass', 'o.oid')}`;

const OPERATOR_FAMILIES = `
  SELECT format('operator family %I.%I using %s owner=%s operators=%s functions=%s', nspname, opfname, amname,
                pg_get_userbyid(opfowner),
                (SELECT string_agg(format('%s %s %s', amopstrategy, amopopr::regoperator,
                                          coalesce((pg_identify_object('pg_opfamily'::regclass, nullif(amopsortfamily, 0), 0)).identity,
                                                   '')),
                                   ',' ORDER BY amopstrategy, amopopr::regoperator::text COLLATE "C")
                 FROM pg_amop WHERE amopfamily = f.oid),
                (SELECT string_agg(format('%s (%s, %s) %s', amprocnum, format_type(amproclefttype, NULL),
                                          format_type(amprocrighttype, NULL), amproc::regprocedure),
                                   ',' ORDER BY amprocnum, amproc::regprocedure::text COLLATE "C")
                 FROM pg_amproc WHERE amprocfamily = f.oid)) AS line
  FROM pg_opfamily f JOIN pg_namespace n ON n.oid = opfnamespace JOIN pg_am a ON a.oid = opfmethod
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_opfamily', 'f.oid')}`;

/** The locale's column has another name in every other version, and the server's libraries decide about versions. */
const COLLATIONS = `
  SELECT format('collation %s provider=%s deterministic=%s encoding=%s collate=%s type=%s locale=%s rules=%s owner=%s',
                c.oid::regcollation, collprovider, collisdeterministic, collencoding, collcollate, collctype,
                coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'), to_jsonb(c) ->> 'collicurules',
                pg_get_userbyid(collowner)) AS line
  FROM pg_collation c JOIN pg_namespace n ON n.oid = collnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_collation', 'c.oid')}`;

const CONVERSIONS = `
  SELECT format('conversion %I.%I from=%s to=%s function=%s default=%s owner=%s', nspname, conname,
                pg_encoding_to_char(conforencoding), pg_encoding_to_char(contoencoding), conproc, condefault,
                pg_get_userbyid(conowner)) AS line
  FROM pg_conversion c JOIN pg_namespace n ON n.oid = connamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_conversion', 'c.oid')}`;

/** Queries for what types are compared and converted with; each takes the schemas' names as $1 and returns `line`. */
export const OPERATOR_SECTIONS: readonly string[] = [
  BASE_TYPES,
  OPERATORS,
  OPERATOR_CLASSES,
  OPERATOR_FAMILIES,
  COLLATIONS,
  CONVERSIONS,
];
