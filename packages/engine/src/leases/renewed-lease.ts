import { BfmError } from '@bfm/core';
import type { Clock } from '../ports/clock.ts';
import type { Lease } from '../ports/lock-provider.ts';
import type { Grant } from './grant.ts';

/** Parts of a lease's time to live. */
const RENEWALS = 3;
const MARGIN = 6;
const RETRIES = 20;

/** How long giving a lease back may take, in milliseconds: it ends by itself anyway. */
const RELEASE_MS = 2_000;

/** What a lease is kept with. */
export interface LeaseKeeping {
  readonly clock: Clock;
  readonly ttlMs: number;
  /** What is held and where, for messages, without secrets. */
  readonly what: string;
  /**
   * Makes the reason that `lost` is aborted with.
   *
   * @default `lock.lost`
   */
  readonly toError?: (why: string) => BfmError;
}

/**
 * A lease that renews itself every third of its time to live. It counts from the moment *before* the last successful
 * request was sent, by the monotonic clock, and is lost a sixth of its time early, so that its holder stops before anybody
 * else can begin: a renewal that hangs, a frozen process and a busy event loop all end in the same look at that clock.
 */
export class RenewedLease implements Lease {
  readonly token: string;
  readonly #grant: Grant;
  readonly #keeping: LeaseKeeping;
  readonly #lost = new AbortController();
  /** Nobody needs it any more: given back, or lost. */
  readonly #over = new AbortController();
  #askedAtMs: number;
  #released: Promise<void> | null = null;

  constructor(grant: Grant, keeping: LeaseKeeping) {
    this.token = grant.token;
    this.#grant = grant;
    this.#keeping = keeping;
    this.#askedAtMs = grant.askedAtMs;
    void this.#keep();
  }

  /** See {@link Lease.lost}. */
  get lost(): AbortSignal {
    if (this.#leftMs() <= 0) this.#lose('it could not be renewed in time');
    return this.#lost.signal;
  }

  /** See {@link Lease}. May be called again. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #keep(): Promise<void> {
    const { clock, ttlMs } = this.#keeping;
    let pauseMs = this.#untilRenewalMs();
    for (;;) {
      await clock.sleep(Math.max(0, Math.min(pauseMs, this.#leftMs())), this.#over.signal);
      if (this.#isOver()) return;
      const askedAtMs = clock.monotonicMs();
      await this.#renewFor(Math.min(this.#leftMs(), ttlMs / MARGIN), askedAtMs);
      pauseMs = this.#askedAtMs >= askedAtMs ? this.#untilRenewalMs() : ttlMs / RETRIES;
    }
  }

  /** Looks at the clock before anything else: after a long freeze an answer that waited is worth nothing. */
  #isOver(): boolean {
    return this.lost.aborted || this.#over.signal.aborted;
  }

  /** Asks, and waits for the answer only so long: one connection that hangs is no reason not to ask again. */
  async #renewFor(ms: number, askedAtMs: number): Promise<void> {
    const answered = new AbortController();
    const late = this.#keeping.clock.sleep(ms, AbortSignal.any([answered.signal, this.#over.signal]));
    await Promise.race([this.#renew(askedAtMs), late]);
    answered.abort();
  }

  /** Never rejects. An answer counts from when it was asked for, also after others were asked for; none after the end. */
  async #renew(askedAtMs: number): Promise<void> {
    const isHeld = await this.#grant.renew().catch(() => null);
    if (isHeld === null || this.#isOver()) return;
    if (isHeld) this.#askedAtMs = Math.max(this.#askedAtMs, askedAtMs);
    else this.#lose('it is gone');
  }

  #lose(why: string): void {
    if (this.#over.signal.aborted) return;
    const { toError } = this.#keeping;
    this.#lost.abort(toError === undefined ? this.#toLockLost(why) : toError(why));
    this.#over.abort();
  }

  #toLockLost(why: string): BfmError {
    return new BfmError('lock.lost', {
      message: `the lease of ${this.#keeping.what} was lost: ${why}; nothing was sent after that`,
      details: { token: this.token },
      next: 'run the same command again: the ledger says what was committed',
    });
  }

  /** What was lost is given back, too: it may only have been out of reach, and would keep others waiting. */
  async #release(): Promise<void> {
    this.#over.abort();
    const done = new AbortController();
    const release = this.#grant.release().catch(() => undefined);
    await Promise.race([release, this.#keeping.clock.sleep(RELEASE_MS, done.signal)]);
    done.abort();
  }

  #untilRenewalMs(): number {
    const { clock, ttlMs } = this.#keeping;
    return this.#askedAtMs + ttlMs / RENEWALS - clock.monotonicMs();
  }

  #leftMs(): number {
    const { clock, ttlMs } = this.#keeping;
    return Math.max(0, this.#askedAtMs + ttlMs - ttlMs / MARGIN - clock.monotonicMs());
  }
}
