import { createHash, randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { BfmError, type ConnectionName, type EngineEvent } from '@bfm/core';
import type { ScriptCompiler } from '@bfm/engine';
import { defaultTls, parsePostgresUrl, PostgresStore, type PostgresAddress } from '@bfm/postgresql';
import type { ConnectionSettings, ServiceContext } from '@bfm/service';
import { createScriptCompiler, loadSource } from '@bfm/source';
import type { Failpoints } from './failpoints.ts';

/** Connections at once to one database, when its connection does not say. */
const DEFAULT_CONNECTIONS_MAX = 4;

/** What direct mode is opened with. */
export interface DirectOptions {
  /** The folder of migrations. */
  readonly sfm: string;
  readonly connections: readonly ConnectionSettings[];
  readonly emit: (event: EngineEvent) => void;
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
export async function openDirect({ sfm, connections, emit, failpoints }: DirectOptions): Promise<Direct> {
  const defaultSchemas = new Map(
    connections.flatMap(({ info }) =>
      info.defaultSchema === null ? [] : [[info.name, info.defaultSchema] as const],
    ),
  );
  const { catalog, faults } = await loadSource({ root: sfm, defaultSchemas });
  const stores = new Stores(connections, failpoints);
  let compiler: Promise<ScriptCompiler> | null = null;
  return {
    context: {
      catalog,
      sourceFaults: faults,
      connections: new Map(connections.map(({ info }) => [info.name, info])),
      storeOf: ({ name }) => stores.of(name),
      keeperOf: ({ name }) => stores.of(name),
      loadCompiler: () => (compiler ??= createScriptCompiler()),
      hasher: { sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex') },
      clock: { monotonicMs: nowMs, sleep },
      random: () => Math.random(),
      newRunId: () => randomUUID(),
      actor: `${userInfo().username}@${hostname()}`,
      emit,
    },
    [Symbol.asyncDispose]: () => stores.close(),
  };
}

/** Opens a store per database when first asked for; connections to the same database share it and its budget. */
class Stores {
  readonly #settings: ReadonlyMap<ConnectionName, ConnectionSettings>;
  readonly #byDatabase = new Map<string, PostgresStore>();
  readonly #failpoints: Failpoints;

  constructor(connections: readonly ConnectionSettings[], failpoints: Failpoints) {
    this.#failpoints = failpoints;
    this.#settings = new Map(connections.map((connection) => [connection.info.name, connection]));
  }

  of(name: ConnectionName): PostgresStore {
    const settings = this.#settings.get(name);
    if (settings === undefined) throw new Error(`connection ${name} has no settings`);
    if (settings.info.backend !== 'postgresql') {
      throw new BfmError('backend.capability_missing', {
        message: `connection ${name} is ${settings.info.backend}, which this version cannot run yet`,
        details: { where: { connection: name } },
        next: 'leave it out with --backend postgresql',
      });
    }
    const address = toAddress(settings);
    const key = JSON.stringify([address.host, address.port, address.database, address.user]);
    const known = this.#byDatabase.get(key);
    if (known !== undefined) return known;
    const store = new PostgresStore({
      address,
      connectionsMax: this.#budget(key),
      nowMs,
      uniqueId: () => randomUUID().slice(0, 8),
      sleep,
      failpoint: (name) => this.#failpoints.reach(name),
    });
    this.#byDatabase.set(key, store);
    return store;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byDatabase.values()].map((store) => store.close()));
  }

  /** The smallest budget any connection to the database asks for: a limit is there to protect the database. */
  #budget(key: string): number {
    const limits = [...this.#settings.values()]
      .filter(({ info }) => info.backend === 'postgresql')
      .filter((settings) => {
        const { host, port, database, user } = toAddress(settings);
        return JSON.stringify([host, port, database, user]) === key;
      })
      .map(({ connectionsMax }) => connectionsMax)
      .filter((limit) => limit !== null);
    return limits.length === 0 ? DEFAULT_CONNECTIONS_MAX : Math.min(...limits);
  }
}

function toAddress({ address }: ConnectionSettings): PostgresAddress {
  if (address.kind === 'url') return parsePostgresUrl(address.url, address.variable);
  const { host, port, database, user, password } = address;
  return { host, port, database, user, password, tls: defaultTls(host) };
}

/** Not performance.now(): loading it takes longer than a short command has. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  // An aborted sleep ends early; whoever sleeps looks at the signal afterwards.
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
