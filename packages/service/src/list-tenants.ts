import {
  BfmError,
  isBfmError,
  nameVariables,
  parseSchemaName,
  type ConnectionName,
  type SchemaName,
} from '@bfm/core';
import { findConnection } from './planning/find-connection.ts';
import type { ServiceContext } from './service-context.ts';

/**
 * Turns texts into schema names, all faults at once.
 *
 * @param origin where the names come from, for messages
 * @throws {name.invalid} naming every text that cannot be one
 */
export function parseSchemaNames(texts: readonly string[], origin: string): readonly SchemaName[] {
  const names: SchemaName[] = [];
  const refused: string[] = [];
  for (const text of texts) {
    const result = parseSchemaName(text);
    if (result.ok) names.push(result.name);
    else refused.push(`${JSON.stringify(text.slice(0, 80))}: ${result.reason}`);
  }
  if (refused.length === 0) return names;
  throw new BfmError('name.invalid', {
    message: `${origin} gives ${refused.length === 1 ? 'a schema name' : `${refused.length} schema names`} that cannot be used: ${refused.slice(0, 5).join('; ')}`,
    details: { refused },
    next: 'give 1 to 63 bytes that neither start with pg_ nor are bfm or information_schema',
  });
}

/**
 * Asks a connection's database for schema names with a query.
 *
 * @throws {name.invalid} {connection.not_found} {target.unreachable} {request.invalid} when the query fails
 */
export async function querySchemas(
  connection: ConnectionName,
  query: string,
  context: ServiceContext,
): Promise<readonly SchemaName[]> {
  const store = context.storeOf(findConnection(connection, context));
  const texts = await store.querySchemas(query).catch((error: unknown) => {
    // It is asked in a transaction that takes no writes, whatever the database does.
    throw isBfmError(error) && error.code !== 'target.read_only' ? error : badQuery(connection, error);
  });
  return parseSchemaNames(texts, `the query of ${connection}`);
}

/**
 * The schemas of all tenants of the connections that say where theirs are listed.
 *
 * @param connections which to ask; empty: all
 * @throws {config.invalid} when none of them has a tenant query
 */
export async function listTenants(
  connections: readonly ConnectionName[],
  context: ServiceContext,
): Promise<readonly SchemaName[]> {
  const asked = [...context.connections.values()]
    .filter(({ name }) => connections.length === 0 || connections.includes(name))
    .map(({ tenants }) => tenants)
    .filter((tenants) => tenants !== null);
  if (asked.length === 0) {
    throw new BfmError('config.invalid', {
      message: 'no selected connection says where its tenants are listed',
      next: nameVariables(
        'set {CONN}_TENANTS_QUERY to a query whose first column is the schema name (and {CONN}_TENANTS_CONNECTION)',
        connections.slice(0, 1),
      ),
    });
  }
  const lists = await Promise.all(
    asked.map(({ connection, query }) => querySchemas(connection, query, context)),
  );
  return [...new Set(lists.flat())];
}

function badQuery(connection: ConnectionName, error: unknown): BfmError {
  return new BfmError('request.invalid', {
    message: `the query for schema names failed in ${connection}: ${error instanceof Error ? error.message : String(error)}`,
    details: { where: { connection } },
    next: isOfMissingTable(error)
      ? `if migrations make it, apply those first: bfm up --connection ${connection}; or mend the query`
      : 'mend the query: its first column must be the schema name, and it may only read',
    cause: error,
  });
}

/** The SQLSTATEs of a table and of a schema that are not there: so it is before the first migrations. */
function isOfMissingTable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '42P01' || error.code === '3F000');
}
