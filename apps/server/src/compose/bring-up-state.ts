import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { makePlanRequest, BfmError, STATE_CONNECTION, toFaultsError, type SchemaName } from '@bfm/core';
import { openRuntime } from '@bfm/runtime';
import { applyPlan, planMigrations, type ConnectionSettings, type StateSettings } from '@bfm/service';
import { STATE_MIGRATIONS } from '@bfm/state';
import { RUN_DEFAULTS } from './run-defaults.ts';
import type { StateOptions } from './server-options.ts';

const NEVER = new AbortController().signal;
/** Of many processes that start at once, one does it and the others wait. */
const LOCK_WAIT_MS = 60_000;

/**
 * Makes or changes the tables of the state, the way every migration is applied: any number of processes may do it at once.
 *
 * @throws whatever stands against it, such as {target.unreachable} {target.locked}
 */
export async function bringUpState({ server, configuration, failpoints }: StateOptions): Promise<void> {
  const connection = toConnection(server.state);
  await using runtime = openRuntime({
    limits: { fileBytesMax: null, statementsMax: null, statementTokensMax: null },
    connections: [connection],
    lock: { ...configuration.lock, provider: null },
    startedBy: null,
    deadlineMs: configuration.lock.ttlMs,
    onConnecting: () => undefined,
    clockOffsetMs: 0,
    failpoints,
  });
  const { catalog, faults } = await runtime.readMigrations(STATE_MIGRATIONS, null);
  const [fault, ...others] = faults;
  if (fault !== undefined) throw toFaultsError([fault, ...others]);
  const context = runtime.contextFor({
    catalog,
    sourceFaults: [],
    actor: `bfm-server@${hostname()}`,
    newRunId: () => randomUUID(),
    emit: () => undefined,
  });
  const plan = await planMigrations(requestFor(connection), context);
  if (plan.groups.length === 0) return;
  const options = { ...RUN_DEFAULTS, lockWaitMs: LOCK_WAIT_MS, stop: NEVER, cancel: NEVER };
  const result = await applyPlan(plan, options, context);
  const failed = result.steps.find(({ error }) => error !== null);
  if (failed?.error) throw failed.error;
  if (result.steps.some(({ outcome }) => outcome !== 'applied' && outcome !== 'skipped')) {
    throw new BfmError('state.not_ready', {
      message: 'the tables of the state could not be made',
      next: 'start again; bfm doctor with the state as a connection tells more',
    });
  }
}

function toConnection({ address, schema, connectionsMax }: StateSettings): ConnectionSettings {
  return {
    info: {
      name: STATE_CONNECTION,
      backend: 'postgresql',
      defaultSchema: schema as SchemaName,
      tenants: null,
    },
    address,
    pool: {
      connectionsMax: Math.min(connectionsMax, 2),
      connectTimeoutMs: null,
      checkoutTimeoutMs: null,
      idleTimeoutMs: null,
      lifetimeMs: null,
    },
    // Whether or not there is one: nothing of a session is needed, and no migration of the state is bare.
    pooled: true,
    directAddress: null,
  };
}

function requestFor({ info }: ConnectionSettings): Parameters<typeof planMigrations>[0] {
  return makePlanRequest({
    connections: [info.name],
    createSchemas: true,
    outOfOrder: 'allow',
    allowNonEmpty: true,
  });
}
