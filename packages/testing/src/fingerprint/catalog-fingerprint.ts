import { Client } from 'pg';
import { ADMIN_APPLICATION_NAME } from '../test-run.ts';
import { OBJECT_SECTIONS } from './object-sections.ts';
import { RELATION_SECTIONS } from './relation-sections.ts';

/** The address of a database, or a connected client that is not inside a failed transaction. */
export type FingerprintSource = string | Pick<Client, 'query'>;

/** Which part of a database to describe. */
export interface FingerprintOptions {
  /** Names of the schemas. @default all but the system's own and `bfm` */
  readonly schemas?: readonly string[];
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
  try {
    return await describe(client, options);
  } finally {
    await client.query(`SELECT set_config('search_path', $1, false)`, [rows[0]?.path ?? '']);
  }
}

async function describe(client: Pick<Client, 'query'>, options: FingerprintOptions): Promise<string> {
  const { rows } = await client.query<{ names: string[] }>(SCHEMAS_IN_SCOPE, [options.schemas ?? null]);
  const names = rows[0]?.names ?? [];
  const found: string[] = [];
  for (const section of [...OBJECT_SECTIONS, ...RELATION_SECTIONS]) {
    const result = await client.query<{ line: string | null }>(section, [names]);
    // Locale-aware sorting in the server would differ between servers.
    found.push(...result.rows.flatMap(({ line }) => (line === null ? [] : [line])).sort());
  }
  return `${found.join('\n')}\n`;
}

const SCHEMAS_IN_SCOPE = `
  SELECT coalesce(array_agg(nspname::text), '{}') AS names
  FROM pg_namespace
  WHERE CASE WHEN $1::text[] IS NULL
             THEN nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'bfm')
             ELSE nspname = ANY ($1) END`;
