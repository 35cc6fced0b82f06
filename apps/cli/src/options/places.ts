import { parseConnectionName, parseSchemaName, type ConnectionName } from '@bfm/core';
import type { ScopePlace } from '@bfm/engine';
import { usageError } from './usage-error.ts';

/**
 * Reads targets as they are shown: `connection/schema`. The connection need not be configured.
 *
 * @throws {request.invalid}
 */
export function parsePlaces(texts: readonly string[]): readonly ScopePlace[] {
  return [...new Set(texts)].map((text) => {
    const slash = text.indexOf('/');
    const schema = parseSchemaName(text.slice(slash + 1));
    if (slash > 0 && schema.ok) {
      return { connection: parseConnection(text.slice(0, slash)), schema: schema.name };
    }
    const reason = slash > 0 && !schema.ok ? schema.reason : 'it has the form connection/schema';
    throw usageError(
      `${JSON.stringify(text)} names no target: ${reason}`,
      'bfm target list shows them as they are to be given, such as organization/acme',
    );
  });
}

/**
 * Reads the name of a connection, which need not be configured.
 *
 * @throws {request.invalid}
 */
export function parseConnection(text: string): ConnectionName {
  const name = parseConnectionName(text);
  if (name.ok) return name.name;
  throw usageError(
    `${JSON.stringify(text)} names no connection: ${name.reason}`,
    'bfm target list shows the names',
  );
}
