import { BfmError, type ConnectionName } from '@bfm/core';
import type { ConnectionInfo, ServiceContext } from '../service-context.ts';

/**
 * The configured connection of a name.
 *
 * @throws {connection.not_found} naming those that are configured
 */
export function findConnection(name: ConnectionName, { connections }: ServiceContext): ConnectionInfo {
  const found = connections.get(name);
  if (found !== undefined) return found;
  const known = [...connections.keys()].sort();
  const prefix = name.toUpperCase().replaceAll('-', '_');
  throw new BfmError('connection.not_found', {
    message: `connection ${name} is not configured; configured: ${known.length === 0 ? 'none' : known.join(', ')}`,
    details: { where: { connection: name }, configured: known },
    next: `set ${prefix}_BACKEND and ${prefix}_URL, choose others with --connection, or name another folder with --sfm`,
  });
}
