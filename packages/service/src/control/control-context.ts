import type { ConnectionName, Failpoints } from '@bfm/core';
import type { Clock, EventSink, StateStore } from '@bfm/engine';
import type { ConnectionInfo, ServiceContext } from '../service-context.ts';
import type { CatalogHolder } from './catalog-holder.ts';
import type { RunChanges } from './run-changes.ts';
import type { RunObserver } from './run-observer.ts';
import type { RunDefaults } from './run-order.ts';
import type { TokenCrypto } from './tokens/token-context.ts';
import type { RunWishes } from './run-wishes.ts';

/** In whose name something is planned or run. */
export interface ServiceUse {
  readonly actor: string;
  /** What ledgers call the run. */
  readonly runId: string;
  readonly emit: EventSink;
}

/** What the server's use cases work with; composed once per process. */
export interface ControlContext {
  readonly state: StateStore;
  readonly catalogs: CatalogHolder;
  /** A context for planning and running over the catalog that is in force now, in somebody's name. */
  readonly serviceFor: (use: ServiceUse) => ServiceContext;
  readonly connections: ReadonlyMap<ConnectionName, ConnectionInfo>;
  /** Tells workers of this process that something waits; others find it by themselves. */
  readonly wakeWorkers: () => void;
  /** Whoever follows a run in this process hears of it by this. */
  readonly changes: RunChanges;
  /** Whoever works on a run in this process hears by this what was asked of it. */
  readonly wishes: RunWishes;
  /** Hears of runs that this process takes. */
  readonly observer: RunObserver;
  /** Chance and hashes for tokens. */
  readonly crypto: TokenCrypto;
  readonly clock: Clock;
  /** Makes a UUID. */
  readonly newId: () => string;
  readonly runDefaults: RunDefaults;
  /** Faults on purpose; inert outside of tests. */
  readonly failpoints: Failpoints;
}
