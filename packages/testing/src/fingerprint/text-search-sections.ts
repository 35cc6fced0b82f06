import { notOfExtension } from './sql-fragments.ts';

const CONFIGURATIONS = `
  SELECT format('text search configuration %s parser=%s owner=%s mappings=%s', c.oid::regconfig,
                (pg_identify_object('pg_ts_parser'::regclass, cfgparser, 0)).identity, pg_get_userbyid(cfgowner),
                (SELECT string_agg(format('%s:%s', alias, mapdict::regdictionary), ',' ORDER BY alias COLLATE "C", mapseqno)
                 FROM pg_ts_config_map JOIN ts_token_type(cfgparser) ON tokid = maptokentype WHERE mapcfg = c.oid)) AS line
  FROM pg_ts_config c JOIN pg_namespace n ON n.oid = cfgnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_ts_config', 'c.oid')}`;

const DICTIONARIES = `
  SELECT format('text search dictionary %s template=%s options=%s owner=%s', d.oid::regdictionary,
                (pg_identify_object('pg_ts_template'::regclass, dicttemplate, 0)).identity, dictinitoption,
                pg_get_userbyid(dictowner)) AS line
  FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = dictnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_ts_dict', 'd.oid')}`;

const PARSERS = `
  SELECT format('text search parser %I.%I start=%s token=%s end=%s headline=%s types=%s', nspname, prsname, prsstart,
                prstoken, prsend, prsheadline, prslextype) AS line
  FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = prsnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_ts_parser', 'p.oid')}`;

const TEMPLATES = `
  SELECT format('text search template %I.%I init=%s lexize=%s', nspname, tmplname, tmplinit, tmpllexize) AS line
  FROM pg_ts_template t JOIN pg_namespace n ON n.oid = tmplnamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_ts_template', 't.oid')}`;

/** Queries for text search objects; each takes the schemas' names as $1 and returns the column `line`. */
export const TEXT_SEARCH_SECTIONS: readonly string[] = [CONFIGURATIONS, DICTIONARIES, PARSERS, TEMPLATES];
