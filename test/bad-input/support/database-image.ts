import { catalogFingerprint, type TestDatabase } from '@bfm/testing';

const SCHEMAS = `SELECT array_agg(nspname::text) AS names FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`;
const TABLES = `SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND ($1 OR n.nspname <> 'bfm') ORDER BY 1`;

/**
 * A database as text: every object of every schema, and every row of every table. Two images are equal when nothing was
 * changed, not even in the ledger.
 */
export function databaseImage(db: TestDatabase): Promise<string> {
  return imageOf(db, true);
}

/** The same without BFM's own schema: what remains after a run that failed and wrote that down. */
export function usersImage(db: TestDatabase): Promise<string> {
  return imageOf(db, false);
}

async function imageOf(db: TestDatabase, ledger: boolean): Promise<string> {
  const [found] = await db.query<{ names: string[] | null }>(SCHEMAS);
  const schemas = (found?.names ?? []).filter((name) => ledger || name !== 'bfm');
  const parts = [schemas.sort().join(' '), await catalogFingerprint(db.url, { schemas })];
  for (const { name } of await db.query<{ name: string }>(TABLES, [ledger])) {
    const rows = await db.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
    parts.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  return parts.join('\n');
}
