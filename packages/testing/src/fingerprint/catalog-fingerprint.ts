import { Client } from 'pg';
import { ADMIN_APPLICATION_NAME } from '../test-run.ts';
import { CLUSTER_SECTIONS } from './cluster-sections.ts';
import { DATABASE_SECTIONS } from './database-sections.ts';
import { OBJECT_SECTIONS } from './object-sections.ts';
import { OPERATOR_SECTIONS } from './operator-sections.ts';
import { RELATION_SECTIONS } from './relation-sections.ts';
import { TEXT_SEARCH_SECTIONS } from './text-search-sections.ts';

/** The address of a database, or a connected client that is not inside a failed transaction. */
export type FingerprintSource = string | Pick<Client, 'query'>;

/** Which part of a database to describe. */
export interface FingerprintOptions {
  /** Names of the schemas. @default all but the system's own and `bfm`, and what belongs to the database as a whole */
  readonly schemas?: readonly string[];
  /**
   * Also describes the roles, tablespaces and databases whose names begin like this, with what they own and may do. Other
   * tests use the same server. @default none of them
   */
  readonly clusterPrefix?: string;
}

/**
 * Describes a database's catalog as text, one object or part of one in each line (definitions may take more): identical
 * catalogs give identical texts on one major version. It holds no object ids and no data; members of extensions are
 * represented by their extension.
 */
export async function catalogFingerprint(
  source: FingerprintSource,
  options: FingerprintOptions = {},
): Promise<string> {
  if (typeof source !== 'string') return withEmptySearchPath(source, options);
  const client = new Client({ connectionString: source, application_name: ADMIN_APPLICATION_NAME });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await withEmptySearchPath(client, options);
  } finally {
    await client.end();
  }
}

/** PostgreSQL leaves schema names out of definitions when the search path finds the object, so the path has to be empty. */
async function withEmptySearchPath(
  client: Pick<Client, 'query'>,
  options: FingerprintOptions,
): Promise<string> {
  const { rows } = await client.query<{ path: string }>(`SELECT current_setting('search_path') AS path`);
  await client.query(`SELECT set_config('search_path', '', false)`);
  // After a failure there may be no way back: inside a transaction nothing but its end is accepted.
  const text = await describe(client, options);
  await client.query(`SELECT set_config('search_path', $1, false)`, [rows[0]?.path ?? '']);
  return text;
}

async function describe(client: Pick<Client, 'query'>, options: FingerprintOptions): Promise<string> {
  const { rows } = await client.query<{ names: string[] }>(SCHEMAS_IN_SCOPE, [options.schemas ?? null]);
  const names = rows[0]?.names ?? [];
  const found: string[] = [];
  for (const { sql, values } of sectionsFor(names, options)) {
    const result = await client.query<{ line: string | null }>(sql, [...values]);
    // Locale-aware sorting in the server would differ between servers.
    found.push(...result.rows.flatMap(({ line }) => (line === null ? [] : [line])).sort());
  }
  return `${found.join('\n')}\n`;
}

interface Section {
  readonly sql: string;
  readonly values: readonly unknown[];
}

function sectionsFor(schemas: readonly string[], options: FingerprintOptions): readonly Section[] {
  const { clusterPrefix } = options;
  return [
    ...SCHEMA_SECTIONS.map((sql) => ({ sql, values: [schemas] })),
    ...(options.schemas === undefined ? DATABASE_SECTIONS.map((sql) => ({ sql, values: [] })) : []),
    ...(clusterPrefix === undefined ? [] : CLUSTER_SECTIONS.map((sql) => ({ sql, values: [clusterPrefix] }))),
  ];
}

const SCHEMA_SECTIONS = [
  ...OBJECT_SECTIONS,
  ...OPERATOR_SECTIONS,
  ...TEXT_SEARCH_SECTIONS,
  ...RELATION_SECTIONS,
];

const SCHEMAS_IN_SCOPE = `
  SELECT coalesce(array_agg(nspname::text), '{}') AS names
  FROM pg_namespace
  WHERE CASE WHEN $1::text[] IS NULL
             THEN nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'bfm')
             ELSE nspname = ANY ($1) END`;
