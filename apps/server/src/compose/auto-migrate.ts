import { makePlanRequest } from '@bfm/core';
import type { ConnectionName } from '@bfm/core';
import {
  awaitRun,
  previewPlan,
  startRun,
  type AutoMigrateSettings,
  type ControlContext,
  type RunOrder,
} from '@bfm/service';
import type { Logger } from 'pino';
import { SERVER_CALLER } from './server-actor.ts';

/**
 * Applies what is pending on each connection, in rounds: what did not succeed is tried again after a while, since a database
 * may start later than the server. Fixed schemas, and the tenants that a connection lists. Ends with the signal.
 */
export async function autoMigrate(
  settings: AutoMigrateSettings,
  control: ControlContext,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  let left = connectionsOf(settings, control);
  for (let round = 1; round <= settings.rounds && left.length > 0 && !signal.aborted; round += 1) {
    if (round > 1) await control.clock.sleep(settings.retryMs, signal);
    const done = await Promise.all(left.map((name) => migrate(name, control, { log, signal })));
    left = left.filter((_name, index) => done[index] !== true);
  }
  if (left.length > 0 && !signal.aborted) log.error({ connections: left }, 'auto-migrate gave up');
}

function connectionsOf(
  { connections }: AutoMigrateSettings,
  control: ControlContext,
): readonly ConnectionName[] {
  const all = [...control.connections.keys()];
  return connections === null ? all : all.filter((name) => connections.includes(name));
}

/** @returns whether nothing is left to do */
async function migrate(
  connection: ConnectionName,
  control: ControlContext,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<boolean> {
  if (signal.aborted) return false;
  if (!hasMigrations(connection, control)) return true;
  try {
    const request = requestFor(connection);
    const { groups } = await previewPlan(request, SERVER_CALLER, control);
    if (groups.every(({ steps, targets }) => steps.length === 0 || targets.length === 0)) return true;
    const order: RunOrder = { request, options: {}, digest: null, idempotency: null };
    const { id } = await startRun(order, SERVER_CALLER, control);
    const run = await awaitRun(id, signal, control);
    log.info({ connection, run: id, status: run.status }, 'auto-migrate');
    return run.status === 'succeeded';
  } catch (error) {
    log.warn({ connection, err: error }, 'auto-migrate did not succeed');
    return false;
  }
}

function hasMigrations(connection: ConnectionName, { catalogs }: ControlContext): boolean {
  return catalogs.current().catalog.migrations.some((migration) => migration.connection === connection);
}

function requestFor(connection: ConnectionName): RunOrder['request'] {
  return makePlanRequest({ connections: [connection], outOfOrder: 'allow' });
}
