import { createHash, randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import {
  isBfmError,
  type ConnectionName,
  type EngineEvent,
  type Failpoints,
  type Fault,
  type SchemaName,
} from '@bfm/core';
import type { ScriptCompiler } from '@bfm/engine';
import type { ConnectionSettings, LockSettings, ProgramSettings, ServiceContext } from '@bfm/service';
import {
  createScriptCompiler,
  FILE_BYTES_MAX_DEFAULT,
  loadSource,
  SCRIPT_LIMITS_DEFAULT,
  type ScriptLimits,
} from '@bfm/source';
import { Locks } from './locks.ts';
import { PROCESS_CLOCK } from './process-clock.ts';
import { Stores } from './stores.ts';

/** What direct mode is opened with. */
export interface DirectOptions {
  /** The folder of migrations. */
  readonly sfm: string;
  /** How large files and statements may be; `null`: as usual. */
  readonly limits: Pick<ProgramSettings, 'fileBytesMax' | 'statementsMax' | 'statementTokensMax'>;
  readonly connections: readonly ConnectionSettings[];
  /** What keeps runs apart. */
  readonly lock: LockSettings;
  /** The command that starts the servers of all connections; `null`: nobody knows. */
  readonly startedBy: string | null;
  /** How long a server may say nothing before it counts as gone. */
  readonly deadlineMs: number;
  readonly emit: (event: EngineEvent) => void;
  /** Hears of connections that are waited for. */
  readonly onConnecting: (address: string, connecting: Promise<unknown>) => void;
  /** How far the wall clock is off on purpose, in milliseconds; 0 outside of tests. */
  readonly clockOffsetMs: number;
  /** Faults on purpose; inert outside of tests. */
  readonly failpoints: Failpoints;
}

/** Direct mode: the use cases' context over real adapters, to be disposed when done. */
export interface Direct extends AsyncDisposable {
  readonly context: ServiceContext;
}

/**
 * The composition root of direct mode: the one place of the CLI that names adapters.
 *
 * @throws {source.missing} {config.invalid}
 */
export async function openDirect(options: DirectOptions): Promise<Direct> {
  const { sfm, limits, connections, lock, startedBy, emit, failpoints, onConnecting } = options;
  const { catalog, faults } = await loadSource({
    root: sfm,
    defaultSchemas: defaultSchemasOf(connections),
    fileBytesMax: limits.fileBytesMax ?? FILE_BYTES_MAX_DEFAULT,
  });
  const clock = PROCESS_CLOCK;
  const stores = new Stores(connections, {
    onConnecting,
    nowMs: () => clock.monotonicMs(),
    pid: process.pid,
    uniqueId: () => randomUUID().slice(0, 8),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    failpoints,
    startedBy,
    deadlineMs: options.deadlineMs,
    silenceMs: lock.ttlMs,
  });
  const wallMs = wallClock(options.clockOffsetMs);
  const locks = new Locks({ settings: lock, clock, wallMs, failpoints, onConnecting });
  let compiler: Promise<ScriptCompiler> | null = null;
  return {
    context: {
      catalog,
      sourceFaults: faults,
      connections: new Map(connections.map(({ info }) => [info.name, info])),
      storeOf: ({ name }) => stores.of(name),
      keeperOf: ({ name }) => stores.of(name).keeper,
      loadCompiler: () => (compiler ??= createScriptCompiler(toScriptLimits(limits))),
      hasher: { sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex') },
      clock,
      random: () => Math.random(),
      openLocks: () => locks.open(),
      pid: process.pid,
      newRunId: () => randomUUID(),
      actor: `${userName()}@${hostname()}`,
      emit: (event) => {
        if (event.type === 'run.finished') failpoints.pass('run.finished');
        emit(event);
      },
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([stores.close(), locks.close()]);
    },
  };
}

function defaultSchemasOf(
  connections: readonly ConnectionSettings[],
): ReadonlyMap<ConnectionName, SchemaName> {
  return new Map(
    connections.flatMap(({ info }) =>
      info.defaultSchema === null ? [] : [[info.name, info.defaultSchema] as const],
    ),
  );
}

/** The faults of files that show without knowing any connection; none when there is no such folder. */
export async function readFileFaults(sfm: string): Promise<readonly Fault[]> {
  try {
    const { faults } = await loadSource({ root: sfm, defaultSchemas: new Map() });
    // Which migrations are dynamic is not known.
    return faults.filter(({ code }) => !code.startsWith('dependency.'));
  } catch (error) {
    if (isBfmError(error)) return [];
    throw error;
  }
}

/** A container may run as a user that nobody has given a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid${process.getuid?.() ?? ''}`;
  }
}

function toScriptLimits({ statementsMax, statementTokensMax }: DirectOptions['limits']): ScriptLimits {
  return {
    statementsMax: statementsMax ?? SCRIPT_LIMITS_DEFAULT.statementsMax,
    statementTokensMax: statementTokensMax ?? SCRIPT_LIMITS_DEFAULT.statementTokensMax,
  };
}

function wallClock(offsetMs: number): () => number {
  return () => Date.now() + offsetMs;
}
