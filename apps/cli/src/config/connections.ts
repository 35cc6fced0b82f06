import { BfmError } from '@bfm/core';
import { parseConnections, type ConnectionSettings } from '@bfm/service';
import type { Environment } from './environment.ts';

/**
 * The configured connections, at least one.
 *
 * @throws {config.invalid} {config.no_connection}
 */
export function requireConnections(variables: Environment): readonly ConnectionSettings[] {
  const connections = parseConnections(variables);
  if (connections.length > 0) return connections;
  throw new BfmError('config.no_connection', {
    message: 'no connection is configured: no variable {CONN}_BACKEND is set',
    next: 'set CORE_BACKEND=postgresql and CORE_URL=postgres://user:password@host:5432/database, or pass --env-file FILE',
  });
}
