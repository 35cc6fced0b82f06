import { aclText, notOfExtension } from './sql-fragments.ts';

/** Everything below this number was made by initdb. */
const FIRST_OID = 16384;

/** Without its name: two databases may hold the same. */
const DATABASE = `
  SELECT format('database owner=%s acl=%s settings=%s comment=%L', pg_get_userbyid(datdba), ${aclText('datacl', 'd', 'datdba')},
                (SELECT string_agg(setting, ',' ORDER BY setting COLLATE "C")
                 FROM pg_db_role_setting, unnest(setconfig) AS setting WHERE setdatabase = d.oid AND setrole = 0),
                shobj_description(d.oid, 'pg_database')) AS line
  FROM pg_database d WHERE datname = current_database()`;

const CASTS = `
  SELECT format('cast from %s to %s function=%s context=%s method=%s', format_type(castsource, NULL),
                format_type(casttarget, NULL), castfunc::regprocedure, castcontext, castmethod) AS line
  FROM pg_cast c WHERE c.oid >= ${String(FIRST_OID)} AND ${notOfExtension('pg_cast', 'c.oid')}`;

const LANGUAGES = `
  SELECT format('language %I trusted=%s call=%s inline=%s validator=%s owner=%s acl=%s', lanname, lanpltrusted,
                lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc, pg_get_userbyid(lanowner),
                ${aclText('lanacl', 'l', 'lanowner')}) AS line
  FROM pg_language`;

const ACCESS_METHODS = `
  SELECT format('access method %I type=%s handler=%s', amname, amtype, amhandler) AS line
  FROM pg_am a WHERE a.oid >= ${String(FIRST_OID)} AND ${notOfExtension('pg_am', 'a.oid')}`;

const TRANSFORMS = `
  SELECT format('transform for %s language %I from=%s to=%s', format_type(trftype, NULL), lanname, trffromsql, trftosql) AS line
  FROM pg_transform t JOIN pg_language l ON l.oid = trflang WHERE ${notOfExtension('pg_transform', 't.oid')}`;

const FOREIGN_DATA_WRAPPERS = `
  SELECT format('foreign data wrapper %I handler=%s validator=%s options=%s owner=%s acl=%s', fdwname, fdwhandler::regproc,
                fdwvalidator::regproc, fdwoptions, pg_get_userbyid(fdwowner), ${aclText('fdwacl', 'F', 'fdwowner')}) AS line
  FROM pg_foreign_data_wrapper w WHERE ${notOfExtension('pg_foreign_data_wrapper', 'w.oid')}`;

const SERVERS = `
  SELECT format('server %I wrapper=%I type=%L version=%L options=%s owner=%s acl=%s', srvname, fdwname, srvtype, srvversion,
                srvoptions, pg_get_userbyid(srvowner), ${aclText('srvacl', 'S', 'srvowner')}) AS line
  FROM pg_foreign_server JOIN pg_foreign_data_wrapper w ON w.oid = srvfdw`;

const USER_MAPPINGS = `
  SELECT format('user mapping for %I server %I options=%s', usename, srvname, umoptions) AS line FROM pg_user_mappings`;

const PUBLICATIONS = `
  SELECT format('publication %I owner=%s all=%s root=%s actions=%s%s%s%s tables=%s schemas=%s', pubname,
                pg_get_userbyid(pubowner), puballtables, pubviaroot,
                CASE WHEN pubinsert THEN 'i' ELSE '' END, CASE WHEN pubupdate THEN 'u' ELSE '' END,
                CASE WHEN pubdelete THEN 'd' ELSE '' END, CASE WHEN pubtruncate THEN 't' ELSE '' END,
                (SELECT string_agg(format('%s columns=%s where=%s', prrelid::regclass, prattrs, pg_get_expr(prqual, prrelid)),
                                   ',' ORDER BY prrelid::regclass::text COLLATE "C")
                 FROM pg_publication_rel WHERE prpubid = p.oid),
                (SELECT string_agg(pnnspid::regnamespace::text, ',' ORDER BY pnnspid::regnamespace::text COLLATE "C")
                 FROM pg_publication_namespace WHERE pnpubid = p.oid)) AS line
  FROM pg_publication p`;

const SUBSCRIPTIONS = `
  SELECT format('subscription %I owner=%s enabled=%s binary=%s stream=%s two_phase=%s slot=%L commit=%s publications=%s to=%L',
                subname, pg_get_userbyid(subowner), subenabled, subbinary, substream, subtwophasestate, subslotname,
                subsynccommit, subpublications, subconninfo) AS line
  FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;

const LARGE_OBJECTS = `
  SELECT format('large object %s owner=%s acl=%s', oid, pg_get_userbyid(lomowner), ${aclText('lomacl', 'L', 'lomowner')}) AS line
  FROM pg_largeobject_metadata`;

const DEFAULT_PRIVILEGES = `
  SELECT format('default privileges of %s for %s: %s', pg_get_userbyid(defaclrole), defaclobjtype,
                ${aclText('defaclacl', 'r', 'defaclrole')}) AS line
  FROM pg_default_acl WHERE defaclnamespace = 0`;

const DEPENDENCIES_ON_EXTENSIONS = `
  SELECT format('%s %s depends on extension %I', o.type, o.identity, extname) AS line
  FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass,
       pg_identify_object(d.classid, d.objid, d.objsubid) o
  WHERE d.deptype = 'x'`;

/** On what is in no schema and not part of an extension; the rest is found through its schema. */
const COMMENTS = `
  SELECT format('comment on %s %s: %L', o.type, o.identity, d.description) AS line
  FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
  WHERE d.classoid = ANY (ARRAY['pg_cast', 'pg_language', 'pg_am', 'pg_transform', 'pg_foreign_data_wrapper',
                                'pg_foreign_server', 'pg_publication', 'pg_subscription', 'pg_event_trigger',
                                'pg_extension', 'pg_largeobject']::regclass[])`;

/** Queries for what belongs to the whole database; they take nothing and return the column `line`. */
export const DATABASE_SECTIONS: readonly string[] = [
  DATABASE,
  CASTS,
  LANGUAGES,
  ACCESS_METHODS,
  TRANSFORMS,
  FOREIGN_DATA_WRAPPERS,
  SERVERS,
  USER_MAPPINGS,
  PUBLICATIONS,
  SUBSCRIPTIONS,
  LARGE_OBJECTS,
  DEFAULT_PRIVILEGES,
  DEPENDENCIES_ON_EXTENSIONS,
  COMMENTS,
];
