import type { StateStore } from '@bfm/engine';
import type { ControlContext, LoadedCatalog } from '@bfm/service';
import type { HealthCheck } from '../http/health-check.ts';

/** What decides whether the server is ready: that it runs, and that its state is there. */
export function readinessChecks(state: StateStore): Readonly<Record<string, HealthCheck>> {
  return { executor: () => Promise.resolve(), state: () => state.check() };
}

/**
 * How each connection is, and the folder of migrations: told, and nothing more. One database that is away is no reason to take
 * requests for all others from this server.
 */
export function informativeChecks(control: ControlContext): Readonly<Record<string, HealthCheck>> {
  const context = control.serviceFor({ actor: 'bfm-server', runId: control.newId(), emit: () => undefined });
  const connections = [...control.connections.values()].map((connection) => [
    `connection ${connection.name}`,
    () => context.storeOf(connection).check(),
  ]);
  return {
    ...(Object.fromEntries(connections) as Record<string, HealthCheck>),
    migrations: () => Promise.resolve(describeCatalog(control.catalogs.current())),
  };
}

/** For everybody: how many, and not which. */
function describeCatalog({ faults, quarantined }: LoadedCatalog): string {
  if (faults.length + quarantined.length === 0) return 'ok';
  return `faults in files: ${faults.length}, migrations left out: ${quarantined.length}`;
}
