import type { Failpoints } from '@bfm/core';
import type { PostgresAddress } from './connection-address.ts';
import type { PoolLimits } from './pool-limits.ts';

/** What a store is made of. */
export interface PostgresStoreOptions {
  readonly address: PostgresAddress;
  /** What is known of a pooler at that address; `null`: the server itself answers there. */
  readonly pooler: PoolerOptions | null;
  readonly limits: PoolLimits;
  /** Milliseconds on a clock that never goes back, for durations. */
  readonly nowMs: () => number;
  /** Of this process, for those who wait. */
  readonly pid: number;
  /** Makes a text no other process makes, for the fence's holder. */
  readonly uniqueId: () => string;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Hears that somebody waits for a connection, idle or new, and the promise that ends when there is one or none can be had.
   *
   * @default nobody does
   */
  readonly onConnecting?: ConnectingListener;
  /** Where tests let faults happen; `NO_FAILPOINTS` outside of them. */
  readonly failpoints: Failpoints;
}

/** Hears that a connection to this address (`host:port/database`) is waited for. Must not throw. */
export type ConnectingListener = (address: string, connecting: Promise<unknown>) => void;

/** A pooler that lends sessions for one transaction at a time. */
export interface PoolerOptions {
  /** The way past it; `null`: there is none. */
  readonly direct: PostgresAddress | null;
}
