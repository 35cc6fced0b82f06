import { createHash } from 'node:crypto';
import {
  makePlanRequest,
  targetKey,
  type Catalog,
  type EngineEvent,
  type Plan,
  type PlanRequest,
  type RunResult,
  type TargetState,
} from '@bfm/core';
import {
  planDown,
  planScope,
  planUp,
  runPlan,
  type Hasher,
  type LockProvider,
  type RunOptions,
  type TargetStore,
} from '@bfm/engine';
import { MemoryStore } from './memory-store.ts';
import { TestClock } from './test-clock.ts';
import { wordCompiler } from './word-compiler.ts';

/** SHA-256, as every composition root gives it to the engine. */
export const sha256Hasher: Hasher = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
};

/** A catalog with a store: enough to plan and run as the service does, without a service. */
export class MemoryWorld {
  readonly events: EngineEvent[] = [];
  readonly clock: TestClock;
  /** Who hands out leases besides the store. */
  locks: LockProvider | null = null;
  readonly catalog: Catalog;
  readonly store: TargetStore;
  #runs = 0;

  constructor(catalog: Catalog, store: TargetStore = new MemoryStore()) {
    this.catalog = catalog;
    this.store = store;
    this.clock = store instanceof MemoryStore ? store.clock : new TestClock();
  }

  /** Plans from what the ledgers say now. @throws as `planUp` and `planDown` do */
  async plan(parts: Partial<PlanRequest> = {}): Promise<Plan> {
    const request = makePlanRequest(parts);
    const scope = planScope(this.catalog, request);
    const wanted = scope.demands.map(({ connection, schemas }) => ({ connection, schemas }));
    const known = [...new Set(this.catalog.migrations.map(({ connection }) => connection))].map(
      (connection) => ({
        connection,
        schemas: 'known' as const,
      }),
    );
    const { targets } = await this.store.inspect(request.direction === 'up' ? wanted : [...known, ...wanted]);
    const states = new Map<string, TargetState>(targets.map((state) => [targetKey(state.target), state]));
    const input = {
      catalog: this.catalog,
      request,
      scope,
      states,
      sameMeaning: () => false,
      compiler: wordCompiler,
      hasher: sha256Hasher,
    };
    return request.direction === 'up' ? planUp(input) : planDown(input);
  }

  /** Runs a plan; every run has an id of its own. */
  async run(plan: Plan, options: Partial<RunOptions> = {}): Promise<RunResult> {
    this.#runs += 1;
    const connections = new Set(plan.groups.map(({ connection }) => connection as string));
    return runPlan({
      plan,
      options: {
        runId: `run-${this.#runs}`,
        actor: 'test@test',
        pid: 1,
        concurrency: 3,
        failuresMax: null,
        unit: 'target',
        commit: 'per-migration',
        lockWaitMs: 1_000,
        lockTimeoutMs: 1_000,
        statementTimeoutMs: 0,
        batchPauseMs: 0,
        attemptsMax: 3,
        stop: new AbortController().signal,
        cancel: new AbortController().signal,
        ...options,
      },
      stores: new Map([...connections].map((connection) => [connection, this.store])),
      revisions: this.catalog.migrations.map(({ id, version, name, up }) => ({
        migrationId: id,
        version,
        name,
        checksum: up.checksum,
        algorithm: 'test@1',
        text: up.text,
      })),
      clock: this.clock,
      locks: this.locks,
      budget: null,
      hasher: sha256Hasher,
      random: () => 0.5,
      emit: (event) => this.events.push(event),
    });
  }

  /** Plans and runs. */
  async apply(parts: Partial<PlanRequest> = {}, options: Partial<RunOptions> = {}): Promise<RunResult> {
    return this.run(await this.plan(parts), options);
  }
}
