import { quoteIdentifier } from '@bfm/core';
import { BOOTSTRAP_LOCK_KEY, LEDGER_FORMAT, LEDGER_FORMATS, LEDGER_REPLACEABLES } from '../ledger-ddl.ts';

/** Who may do what with a ledger that somebody else makes. */
export interface LedgerRoles {
  /** Owns it, and may upgrade it; `null`: whoever runs the script. */
  readonly owner: string | null;
  /** Run migrations with it. */
  readonly migrators: readonly string[];
  /** Read it. */
  readonly readers: readonly string[];
}

/**
 * A script that makes the ledger or upgrades it, and grants what its users need; for whoever may do what the users may
 * not. It can be run again: what is there stays, grants for more roles are added.
 */
export function ledgerSetupScript({ owner, migrators, readers }: LedgerRoles): string {
  return [
    head(),
    'BEGIN;',
    `SELECT pg_catalog.pg_advisory_xact_lock(${BOOTSTRAP_LOCK_KEY});`,
    MAKE_FORMATS,
    LEDGER_REPLACEABLES.trim(),
    ...(owner === null ? [] : [ownership(owner)]),
    ...migrators.map(migratorGrants),
    ...readers.map(readerGrants),
    'COMMIT;',
    '',
  ].join('\n\n');
}

function head(): string {
  return `-- The ledger of BFM, format ${LEDGER_FORMAT}: made when there is none, upgraded when it is older.
-- Run it in the database that is migrated, as somebody with CREATE on it or as the ledger's owner, for example with
--   psql --set ON_ERROR_STOP=1 --file THIS_FILE DATABASE_URL`;
}

/** Each format is made of the one before, in the order of formats. */
const FORMAT_BLOCKS = LEDGER_FORMATS.map(
  ([format, script]) => `  IF found < ${format} THEN
    EXECUTE $format_${format}$
${script.trim()}
    $format_${format}$;
  END IF;`,
).join('\n');

const MAKE_FORMATS = `DO $setup$
DECLARE
  found integer := 0;
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'bfm' AND c.relname = 'format') THEN
    SELECT f.version INTO found FROM bfm.format f;
  END IF;
  IF found > ${LEDGER_FORMAT} THEN
    RAISE EXCEPTION 'the ledger has format %, written by a newer BFM than the one that made this script', found;
  END IF;
${FORMAT_BLOCKS}
END
$setup$;`;

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What is there belongs to somebody already: each thing is handed over by name. */
function ownership(owner: string): string {
  const role = quoteIdentifier(owner);
  return `-- ${role} owns the ledger, and upgrades it by itself from now on.
ALTER SCHEMA bfm OWNER TO ${role};
DO $owner$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    SELECT pg_catalog.format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, ${quoteLiteral(owner)})
    FROM pg_catalog.pg_class c WHERE c.relnamespace = 'bfm'::regnamespace AND c.relkind = 'r'
    UNION ALL
    SELECT pg_catalog.format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, ${quoteLiteral(owner)})
    FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'bfm'::regnamespace
  LOOP
    EXECUTE statement;
  END LOOP;
END
$owner$;`;
}

function migratorGrants(name: string): string {
  const role = quoteIdentifier(name);
  return `-- ${role} runs migrations. For schemas that migrations and tenants need, it must own them or may make them:
--   GRANT CREATE ON DATABASE ... TO ${role};
GRANT USAGE ON SCHEMA bfm TO ${role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bfm TO ${role};
GRANT SELECT ON ALL TABLES IN SCHEMA bfm TO ${role};
GRANT INSERT ON bfm.revision, bfm.event TO ${role};
GRANT INSERT, UPDATE ON bfm.scope TO ${role};
GRANT INSERT, UPDATE, DELETE ON bfm.ledger, bfm.progress TO ${role};`;
}

function readerGrants(name: string): string {
  const role = quoteIdentifier(name);
  return `-- ${role} reads: bfm status, plan and history.
GRANT USAGE ON SCHEMA bfm TO ${role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bfm TO ${role};
GRANT SELECT ON ALL TABLES IN SCHEMA bfm TO ${role};`;
}
