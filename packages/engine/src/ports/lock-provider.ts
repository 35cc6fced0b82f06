/** Who holds a lease, as those are told who wait for it or look at it. */
export interface LeaseHolder {
  /** `user@host`. */
  readonly actor: string;
  /** Of the process, on the host that `actor` names. */
  readonly pid: number;
  readonly runId: string;
  /** What the holder calls what it holds; two holders may have different names for the same. */
  readonly connection: string;
  readonly schema: string;
}

/** A lease that somebody holds. */
export interface HeldLease {
  /** What is held: the identity of a store and a schema in it, see `TargetStore.identity`. */
  readonly key: string;
  /** Grows with every lease of the same key, and is never given twice by one provider. A decimal number. */
  readonly token: string;
  readonly holder: LeaseHolder;
  /** RFC 3339, UTC, by the provider's clock. */
  readonly since: string;
  /** Milliseconds until it ends unless it is renewed, by the provider's clock. */
  readonly endsInMs: number;
}

/** The answer of one try. `held` is `null` when whoever held it was gone before it could be told. */
export type LeaseAttempt =
  { readonly ok: true; readonly lease: Lease } | { readonly ok: false; readonly held: HeldLease | null };

/**
 * A time-bounded lock that renews itself until it is disposed of. It keeps others waiting, and no more: what makes a late
 * holder powerless is the fence in the target.
 */
export interface Lease extends AsyncDisposable {
  readonly token: string;
  /**
   * Aborted, with a BfmError `lock.lost` as its reason, as soon as nobody can be sure that the lease is still held: the
   * provider says that it is gone, or could not be asked until a margin before its end by the monotonic clock. Looking at
   * it looks at that clock: a process that was frozen or too busy learns of the loss before its timers have run.
   */
  readonly lost: AbortSignal;
  /** Gives the lease back. Never throws: what cannot be given back ends by itself. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Hands out leases that many processes on many machines see. Every method may be called concurrently. */
export interface LockProvider {
  readonly kind: 'postgresql' | 'etcd' | 'redis';
  /** Where it is, for people, without secrets. */
  readonly address: string;

  /**
   * Tries once to get a lease; never waits for another holder. A lease that has ended is cleared away by whoever meets it.
   *
   * @throws {lock.unreachable}
   */
  tryAcquire(key: string, holder: LeaseHolder): Promise<LeaseAttempt>;

  /** All leases held now, ordered by key. @throws {lock.unreachable} */
  list(): Promise<readonly HeldLease[]>;

  /**
   * Ends the lease with this token, whoever holds it; its holder notices at the next renewal.
   *
   * @returns what was ended; `null` when there is no such lease (any more)
   * @throws {lock.unreachable}
   */
  release(token: string): Promise<HeldLease | null>;

  /** Ends all connections. Leases still held end by themselves. */
  close(): Promise<void>;
}
