import { createHash, randomUUID } from 'node:crypto';
import type { Failpoints } from '@bfm/core';
import type { ScriptCompiler } from '@bfm/engine';
import type { ConnectionSettings, LockSettings, ProgramSettings, ServiceContext } from '@bfm/service';
import {
  createScriptCompiler,
  SCRIPT_LIMITS_DEFAULT,
  type LoadedSource,
  type ScriptLimits,
} from '@bfm/source';
import { Locks } from './locks.ts';
import { PROCESS_CLOCK } from './process-clock.ts';
import { readMigrations } from './read-migrations.ts';
import { ScriptCheck } from './script-check.ts';
import { Stores, type StorePool } from './stores.ts';

/** What a process is composed for. */
export interface RuntimeOptions {
  /** How large files and statements may be; `null`: as usual. */
  readonly limits: Pick<ProgramSettings, 'fileBytesMax' | 'statementsMax' | 'statementTokensMax'>;
  readonly connections: readonly ConnectionSettings[];
  /** What keeps runs apart. */
  readonly lock: LockSettings;
  /** The command that starts the servers of all connections; `null`: nobody knows. */
  readonly startedBy: string | null;
  /** How long a server may say nothing before it counts as gone. */
  readonly deadlineMs: number;
  /** Hears of connections that are waited for. */
  readonly onConnecting: (address: string, connecting: Promise<unknown>) => void;
  /** How far the wall clock is off on purpose, in milliseconds; 0 outside of tests. */
  readonly clockOffsetMs: number;
  /** Faults on purpose; inert outside of tests. */
  readonly failpoints: Failpoints;
}

/** Over which migrations, and in whose name, somebody works. */
export type RuntimeUse = Pick<ServiceContext, 'catalog' | 'sourceFaults' | 'actor' | 'newRunId' | 'emit'>;

/** Real adapters, to be disposed when done; nothing is reached before the first use. */
export interface Runtime extends AsyncDisposable {
  /**
   * Reads a folder of migrations.
   *
   * @param pause gives others a turn meanwhile; `null`: nobody waits
   * @throws {source.missing} {source.unreadable}
   */
  readonly readMigrations: (root: string, pause: (() => Promise<void>) | null) => Promise<LoadedSource>;
  /**
   * The same for whoever goes on working whatever is wrong with a file: one that cannot be compiled is left out as faulty, with
   * all that depends on it. Not called again before it is done.
   *
   * @throws {source.missing} {source.unreadable}
   */
  readonly readSoundMigrations: Runtime['readMigrations'];
  /** A context for use cases. All of them share stores, leases and the compiler. */
  readonly contextFor: (use: RuntimeUse) => ServiceContext;
  /** The pools of the databases that were reached for. */
  readonly pools: () => readonly StorePool[];
}

/** Composes what every process is composed of. */
export function openRuntime(options: RuntimeOptions): Runtime {
  const { connections, failpoints, limits } = options;
  const stores = openStores(options);
  const locks = openLocks(options);
  let compiler: Promise<ScriptCompiler> | null = null;
  let check: ScriptCheck | null = null;
  const shared: Omit<ServiceContext, keyof RuntimeUse> = {
    connections: new Map(connections.map(({ info }) => [info.name, info])),
    storeOf: ({ name }) => stores.of(name),
    keeperOf: ({ name }) => stores.of(name).keeper,
    loadCompiler: () => (compiler ??= createScriptCompiler(toScriptLimits(limits))),
    hasher: { sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex') },
    clock: PROCESS_CLOCK,
    random: () => Math.random(),
    openLocks: () => locks.open(),
    budget: null,
    pid: process.pid,
  };
  return {
    readMigrations: (root, pause) =>
      readMigrations(root, { connections, fileBytesMax: limits.fileBytesMax, pause, check: null }),
    readSoundMigrations: async (root, pause) => {
      check ??= new ScriptCheck(await shared.loadCompiler());
      return readMigrations(root, { connections, fileBytesMax: limits.fileBytesMax, pause, check });
    },
    contextFor: (use) => ({
      ...shared,
      ...use,
      emit: (event) => {
        if (event.type === 'run.finished') failpoints.pass('run.finished');
        use.emit(event);
      },
    }),
    pools: () => stores.pools(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([stores.close(), locks.close()]);
    },
  };
}

function openStores({ connections, lock, deadlineMs, ...options }: RuntimeOptions): Stores {
  const { onConnecting, failpoints, startedBy } = options;
  return new Stores(connections, {
    onConnecting,
    nowMs: () => PROCESS_CLOCK.monotonicMs(),
    pid: process.pid,
    uniqueId: () => randomUUID().slice(0, 8),
    sleep: (ms, signal) => PROCESS_CLOCK.sleep(ms, signal),
    failpoints,
    startedBy,
    deadlineMs,
    silenceMs: lock.ttlMs,
  });
}

function openLocks({ lock, clockOffsetMs, failpoints, onConnecting }: RuntimeOptions): Locks {
  const wallMs = (): number => Date.now() + clockOffsetMs;
  return new Locks({ settings: lock, clock: PROCESS_CLOCK, wallMs, failpoints, onConnecting });
}

function toScriptLimits({ statementsMax, statementTokensMax }: RuntimeOptions['limits']): ScriptLimits {
  return {
    statementsMax: statementsMax ?? SCRIPT_LIMITS_DEFAULT.statementsMax,
    statementTokensMax: statementTokensMax ?? SCRIPT_LIMITS_DEFAULT.statementTokensMax,
  };
}
