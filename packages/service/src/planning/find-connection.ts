import { BfmError, type ConnectionName, type Fault } from '@bfm/core';
import type { ConnectionInfo, ServiceContext } from '../service-context.ts';

/**
 * The configured connection of a name.
 *
 * @throws {connection.not_found} naming those that are configured
 */
export function findConnection(name: ConnectionName, { connections }: ServiceContext): ConnectionInfo {
  const found = connections.get(name);
  if (found !== undefined) return found;
  const { code, message, where, mend } = notConfigured(name, connections);
  throw new BfmError(code, {
    message,
    details: { where, configured: [...connections.keys()].sort() },
    next: mend,
  });
}

/** Says of each folder of migrations that is needed and whose connection is not configured. */
export function unconfiguredFaults(
  names: Iterable<ConnectionName>,
  { catalog, connections }: ServiceContext,
): readonly Fault[] {
  return [...new Set(names)]
    .filter((name) => !connections.has(name))
    .map((name) => {
      const path = catalog.migrations.find(({ connection }) => connection === name)?.up.path;
      const fault = notConfigured(name, connections);
      if (path === undefined) return fault;
      return { ...fault, where: { ...fault.where, file: path.slice(0, path.lastIndexOf('/')) } };
    });
}

/** The fault of a connection that nobody has configured. */
export function notConfigured(name: string, connections: ServiceContext['connections']): Fault {
  const known = [...connections.keys()].sort();
  const prefix = name.toUpperCase().replaceAll('-', '_');
  return {
    code: 'connection.not_found',
    message: `connection ${name} is not configured; configured: ${known.length === 0 ? 'none' : known.join(', ')}`,
    where: { connection: name },
    mend: `set ${prefix}_BACKEND and ${prefix}_URL, choose others with --connection, or name another folder with --sfm`,
  };
}
