import { randomUUID } from 'node:crypto';
import { NO_FAILPOINTS, type Failpoints, type PlanRequest } from '@bfm/core';
import type { StateStore } from '@bfm/engine';
import { openRuntime, PROCESS_CLOCK, TOKEN_CRYPTO, type Runtime } from '@bfm/runtime';
import {
  NO_RUN_OBSERVER,
  parseConfiguration,
  RunChanges,
  RunWishes,
  type Caller,
  type ControlContext,
  type LoadedCatalog,
  type RunOrder,
} from '@bfm/service';
import type { StateLimits } from '@bfm/state';
import { makePlanRequest } from '@bfm/core';
import { connectionsTo } from './bfm.ts';
import { openTestState } from './state-schema.ts';

/** What a control plane of a test is made of. */
export interface ControlWorldOptions {
  readonly stateUrl: string;
  /** The database that all connections lead to. */
  readonly targetUrl: string;
  readonly sfm: string;
  /** @default tenant */
  readonly connections?: readonly string[];
  /** @default no faults */
  readonly failpoints?: Failpoints;
  readonly limits?: Partial<StateLimits>;
}

/** The server's use cases over real adapters, without any transport; to be disposed. */
export interface ControlWorld extends AsyncDisposable {
  readonly control: ControlContext;
  readonly state: StateStore;
  /** What waking the workers of this process does. @default nothing */
  onWake: () => void;
}

/** Opens the use cases; the tables of the state are there already. */
export async function openControlWorld(options: ControlWorldOptions): Promise<ControlWorld> {
  const { stateUrl, targetUrl, sfm, connections = ['tenant'], failpoints = NO_FAILPOINTS } = options;
  const configuration = parseConfiguration({
    environment: connectionsTo(targetUrl, ...connections),
    document: null,
    readFile: () => ({ ok: false, reason: 'nothing is read from files' }),
  });
  const runtime = openRuntime({
    limits: configuration.program,
    connections: configuration.connections,
    lock: configuration.lock,
    startedBy: null,
    deadlineMs: configuration.lock.ttlMs,
    onConnecting: () => undefined,
    clockOffsetMs: 0,
    failpoints,
  });
  const state = openTestState(stateUrl, options.limits);
  const catalogs = await holdCatalog(runtime, sfm);
  const world: ControlWorld = {
    state,
    onWake: () => undefined,
    control: {
      state,
      catalogs,
      serviceFor: ({ actor, runId, emit }) => {
        const { catalog, faults } = catalogs.current();
        return runtime.contextFor({ catalog, sourceFaults: faults, actor, newRunId: () => runId, emit });
      },
      connections: new Map(configuration.connections.map(({ info }) => [info.name, info])),
      wakeWorkers: () => {
        world.onWake();
      },
      changes: new RunChanges(PROCESS_CLOCK),
      wishes: new RunWishes(),
      observer: NO_RUN_OBSERVER,
      crypto: TOKEN_CRYPTO,
      clock: PROCESS_CLOCK,
      newId: () => randomUUID(),
      runDefaults: {
        concurrency: 4,
        failuresMax: null,
        unit: 'target',
        onFailure: 'keep',
        commit: 'per-migration',
        lockWaitMs: 30_000,
        lockTimeoutMs: 2_000,
        statementTimeoutMs: 0,
        batchPauseMs: 0,
        attemptsMax: 10,
      },
      failpoints,
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([runtime[Symbol.asyncDispose](), state.close()]);
    },
  };
  return world;
}

async function holdCatalog(runtime: Runtime, sfm: string): Promise<ControlContext['catalogs']> {
  const load = async (): Promise<LoadedCatalog> => ({
    ...(await runtime.readMigrations(sfm, null)),
    loadedAt: new Date().toISOString(),
  });
  let current = await load();
  return { current: () => current, reload: async () => (current = await load()) };
}

/** Somebody who asks over HTTP. */
export const ANN: Caller = {
  name: 'ann',
  tokenId: null,
  ip: '127.0.0.1',
  requestId: null,
  role: 'admin',
  method: 'http',
  context: { connection_type: 'http', endpoint: '/api/v1/runs', method: 'POST', request_id: '' },
};

/** An order for everything, with parts replaced. */
export function orderFor(request: Partial<PlanRequest>, rest: Partial<RunOrder> = {}): RunOrder {
  return { request: makePlanRequest(request), options: {}, digest: null, idempotency: null, ...rest };
}
