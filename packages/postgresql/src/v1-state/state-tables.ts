import { BfmError, quoteWord } from '@bfm/core';
import type pg from 'pg';

/** The columns that are read, by table; more of them, and more tables, do no harm. */
const COLUMNS = {
  migrations_list: ['migration_id', 'schema', 'connection', 'backend', 'status'],
  migrations_executions: [
    'migration_id',
    'schema',
    'connection',
    'backend',
    'status',
    'applied',
    'applied_at',
  ],
  migrations_history: [
    'id',
    'migration_id',
    'schema',
    'connection',
    'backend',
    'status',
    'applied_at',
    'executed_by',
  ],
} as const;

const TABLES = Object.keys(COLUMNS);

/** Where the tables are looked for. */
export interface StatePlace {
  readonly address: string;
  readonly schema: string;
}

/**
 * Makes sure that the tables of an existing Go BFM are there and made as they are read.
 *
 * @throws {import.state_missing} {import.state_unknown}
 */
export async function requireStateTables(client: pg.ClientBase, place: StatePlace): Promise<void> {
  const found = await client.query<{ schema: string; table: string; columns: string[] }>(FOUND, [TABLES]);
  const here = new Map(
    found.rows
      .filter(({ schema }) => schema === place.schema)
      .map(({ table, columns }) => [table, new Set(columns)]),
  );
  if (here.size === 0) throw missing(place, [...new Set(found.rows.map(({ schema }) => schema))]);
  const lacking = Object.entries(COLUMNS).flatMap(([table, columns]) => {
    const there = here.get(table);
    if (there === undefined) return [table];
    return columns.filter((column) => !there.has(column)).map((column) => `${table}.${column}`);
  });
  if (lacking.length > 0) throw unknown(place, lacking);
}

function missing({ address, schema }: StatePlace, elsewhere: readonly string[]): BfmError {
  const hint =
    elsewhere.length === 0 ? '' : `; schema ${elsewhere.join(', ')} of that database has such tables`;
  return new BfmError('import.state_missing', {
    message: `schema ${schema} in ${address} has no table migrations_list, where a BFM keeps its state${hint}; nothing was changed`,
    details: { address, schema, elsewhere },
    next:
      elsewhere[0] === undefined
        ? 'name the database that BFM_STATE_DB_NAME of the existing BFM names: --state-url postgres://user:password@host:5432/migration_state'
        : `--state-schema ${quoteWord(elsewhere[0])}`,
  });
}

function unknown({ address, schema }: StatePlace, lacking: readonly string[]): BfmError {
  return new BfmError('import.state_unknown', {
    message: `the tables of the state in schema ${schema} of ${address} are of another version: ${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not there; nothing was changed`,
    details: { address, schema, lacking },
    next: 'let the newest release of the existing BFM start once on this database, which brings its tables up to date; or mark what is applied with bfm baseline',
  });
}

const FOUND = `
SELECT n.nspname AS schema, c.relname AS table, array_agg(a.attname::text) AS columns
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname = ANY($1::name[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
GROUP BY n.nspname, c.relname ORDER BY n.nspname`;
