import { BfmError, type ConnectionName } from '@bfm/core';
import {
  DEFAULT_POOL_LIMITS,
  PostgresStore,
  type PoolLimits,
  type PostgresAddress,
  type PostgresStoreOptions,
  type PoolStatistics,
} from '@bfm/postgresql';
import type { ConnectionSettings, PoolSettings, PostgresAddressSettings } from '@bfm/service';

/** What stores need of the process they are in. */
export interface StoreSurroundings extends Pick<
  PostgresStoreOptions,
  'nowMs' | 'pid' | 'uniqueId' | 'sleep' | 'failpoints' | 'onConnecting'
> {
  /** The command that starts the servers of all connections; `null`: nobody knows. */
  readonly startedBy: string | null;
  /** How long a server may say nothing before it counts as gone. */
  readonly deadlineMs: number;
  /** See {@link PoolLimits}. */
  readonly silenceMs: number;
}

/** The connections to one database at one moment, and what happened to them so far. */
export interface StorePool extends PoolStatistics {
  /** Those that share it, in the order of the configuration. */
  readonly connections: readonly ConnectionName[];
}

/** What makes two connections lead to one store. */
interface Route {
  readonly address: PostgresAddressSettings;
  /** The way past a pooler, if there is one; `null`: the server itself answers there. */
  readonly pooler: { readonly direct: PostgresAddressSettings | null } | null;
}

/** Opens a store per database when first asked for; connections to the same database share it and its budget. */
export class Stores {
  readonly #settings: ReadonlyMap<ConnectionName, ConnectionSettings>;
  readonly #byRoute = new Map<string, PostgresStore>();
  readonly #surroundings: StoreSurroundings;

  constructor(connections: readonly ConnectionSettings[], surroundings: StoreSurroundings) {
    this.#surroundings = surroundings;
    this.#settings = new Map(connections.map((connection) => [connection.info.name, connection]));
  }

  /**
   * The store behind a connection.
   *
   * @throws {backend.capability_missing}
   */
  of(name: ConnectionName): PostgresStore {
    const settings = this.#settings.get(name);
    if (settings === undefined) throw new Error(`connection ${name} has no settings`);
    const route = toRoute(settings);
    if (route === null) {
      throw new BfmError('backend.capability_missing', {
        message: `connection ${name} is ${settings.info.backend}, which this version cannot run yet`,
        details: { where: { connection: name } },
        next: 'leave it out with --backend postgresql',
      });
    }
    const key = JSON.stringify(route);
    const known = this.#byRoute.get(key);
    if (known !== undefined) return known;
    const store = new PostgresStore(this.#toOptions(route, key));
    this.#byRoute.set(key, store);
    return store;
  }

  /** The pools of the stores that were opened. */
  pools(): readonly StorePool[] {
    return [...this.#byRoute].map(([key, store]) => ({
      connections: this.#sharing(key).map(({ info }) => info.name),
      ...store.statistics(),
    }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byRoute.values()].map((store) => store.close()));
  }

  #toOptions({ address, pooler }: Route, key: string): PostgresStoreOptions {
    const { startedBy, deadlineMs, silenceMs, ...surroundings } = this.#surroundings;
    const sharing = this.#sharing(key);
    const advice = { connections: sharing.map(({ info }) => info.name), startedBy };
    const direct = pooler?.direct ?? null;
    return {
      address: { ...toAddress(address), advice },
      pooler: pooler === null ? null : { direct: direct && { ...toAddress(direct), advice } },
      limits: { ...toLimits(sharing.map(({ pool }) => pool)), deadlineMs, silenceMs },
      ...surroundings,
    };
  }

  /** The connections that lead to one store. */
  #sharing(key: string): readonly ConnectionSettings[] {
    return [...this.#settings.values()].filter((settings) => JSON.stringify(toRoute(settings)) === key);
  }
}

/** Of several connections that share a store the strictest counts: a limit is there to protect the database. */
function toLimits(pools: readonly PoolSettings[]): Omit<PoolLimits, 'deadlineMs' | 'silenceMs'> {
  const strictest = (name: keyof PoolSettings): number => {
    const said = pools.map((pool) => pool[name]).filter((value) => value !== null);
    const limits = said.filter((value) => value > 0);
    if (limits.length > 0) return Math.min(...limits);
    return said.length > 0 ? 0 : DEFAULT_POOL_LIMITS[name];
  };
  return {
    connectionsMax: strictest('connectionsMax'),
    connectTimeoutMs: strictest('connectTimeoutMs'),
    checkoutTimeoutMs: strictest('checkoutTimeoutMs'),
    idleTimeoutMs: strictest('idleTimeoutMs'),
    lifetimeMs: strictest('lifetimeMs'),
  };
}

function toRoute({ address, pooled, directAddress }: ConnectionSettings): Route | null {
  if (address.kind !== 'postgresql') return null;
  return { address, pooler: pooled ? { direct: directAddress } : null };
}

function toAddress(settings: PostgresAddressSettings): Omit<PostgresAddress, 'advice'> {
  const { host, port, database, user, password, tls } = settings;
  return { host, port, database, user, password, tls };
}
