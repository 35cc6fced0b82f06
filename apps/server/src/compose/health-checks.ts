import type { StateStore } from '@bfm/engine';
import type { ControlContext } from '@bfm/service';
import type { HealthCheck } from '../http/readiness.ts';

/** What decides whether the server is ready: that it runs, and that its state is there. */
export function readinessChecks(state: StateStore): Readonly<Record<string, HealthCheck>> {
  return { executor: () => Promise.resolve(), state: () => state.check() };
}

/**
 * How each connection is: told, and nothing more. One database that is away is no reason to take requests for all others
 * from this server. A look takes a connection of the pool only where one is free, and never waits for a run.
 */
export function connectionChecks(control: ControlContext): Readonly<Record<string, HealthCheck>> {
  const context = control.serviceFor({ actor: 'bfm-server', runId: control.newId(), emit: () => undefined });
  return Object.fromEntries(
    [...control.connections.values()].map((connection) => [
      `connection ${connection.name}`,
      async () => {
        await context.storeOf(connection).identity();
      },
    ]),
  );
}
