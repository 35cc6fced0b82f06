import { BfmError, isBfmError } from '@bfm/core';
import { RenewedLease, type Clock, type RunHold, type StateStore, type StoredRun } from '@bfm/engine';
import type { RunWishes } from './run-wishes.ts';

/** What a run is held with. */
export interface RunHolding {
  readonly leaseMs: number;
  /** When the run was asked for, by the monotonic clock. */
  readonly askedAtMs: number;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly wishes: RunWishes;
}

const PAUSE_MS = 100;

/**
 * A run in the hands of this process, which renews its lease. Whatever is written about it carries its fence, so that
 * nothing is written any more once somebody else has it.
 */
export class HeldRun implements AsyncDisposable {
  readonly run: StoredRun;
  readonly hold: RunHold;
  readonly #holding: RunHolding;
  readonly #lease: RenewedLease;
  readonly #gone = new AbortController();
  readonly #cancel = new AbortController();
  readonly #pause = new AbortController();
  readonly #listening: Disposable;
  readonly #lost: AbortSignal;
  #away = new AbortController();

  constructor(run: StoredRun, holding: RunHolding) {
    this.run = run;
    this.hold = { runId: run.id, fence: run.fence };
    this.#holding = holding;
    this.#lease = new RenewedLease(
      {
        token: run.fence,
        askedAtMs: holding.askedAtMs,
        renew: () => this.#renew(),
        release: () => Promise.resolve(),
      },
      {
        clock: holding.clock,
        ttlMs: holding.leaseMs,
        what: `run ${run.id}`,
        toError: (why) => this.#lostError(why),
      },
    );
    this.#lost = AbortSignal.any([this.#lease.lost, this.#gone.signal]);
    this.#listening = holding.wishes.listen(run.id, (wish) => {
      (wish === 'cancel' ? this.#cancel : this.#pause).abort();
    });
    if (run.cancelRequestedAt !== null) this.#cancel.abort();
    if (run.pauseRequestedAt !== null) this.#pause.abort();
  }

  /** Aborted, with a {@link BfmError} as its reason, once nobody can be sure that the run is still held here. */
  get lost(): AbortSignal {
    return this.#lost;
  }

  /** Looks at the clock: after a freeze timers are late. */
  get isLost(): boolean {
    return this.#lease.lost.aborted || this.#gone.signal.aborted;
  }

  /** Aborted when somebody asks for the run to be cancelled. */
  get cancelRequested(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Aborted when somebody asks for the run to be paused. */
  get pauseRequested(): AbortSignal {
    return this.#pause.signal;
  }

  /** Aborted when the state cannot be reached; another one once it is back. */
  get away(): AbortSignal {
    return this.#away.signal;
  }

  /** Waits until the state answers again. @returns false when the run was lost before */
  async back(): Promise<boolean> {
    while (this.#away.signal.aborted && !this.isLost) {
      await this.#holding.clock.sleep(PAUSE_MS, this.#lost);
    }
    return !this.isLost;
  }

  /**
   * Writes something about the run; while the state is away it is waited for.
   *
   * @throws {run.fence_lost} once the run is held no more
   */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.isLost) throw this.#reason();
      try {
        return await work();
      } catch (error) {
        this.#hear(error);
        if (!isBfmError(error) || error.code !== 'state.unavailable') throw error;
        await this.back();
      }
    }
  }

  /** Gives up renewing. The run itself is given back, finished, or left to whoever takes it when its lease is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    await this.#lease[Symbol.asyncDispose]();
  }

  async #renew(): Promise<boolean> {
    const { state, leaseMs } = this.#holding;
    try {
      const { cancelRequested, pauseRequested } = await state.heartbeat(this.hold, leaseMs);
      if (this.#away.signal.aborted) this.#away = new AbortController();
      if (cancelRequested) this.#cancel.abort();
      if (pauseRequested) this.#pause.abort();
      return true;
    } catch (error) {
      if (isBfmError(error) && error.code === 'run.fence_lost') return false;
      this.#away.abort();
      throw error;
    }
  }

  #hear(error: unknown): void {
    if (!isBfmError(error)) return;
    if (error.code === 'run.fence_lost') this.#gone.abort(error);
    if (error.code === 'state.unavailable') this.#away.abort();
  }

  #reason(): BfmError {
    const reason: unknown = this.#lease.lost.aborted ? this.#lease.lost.reason : this.#gone.signal.reason;
    return isBfmError(reason) ? reason : this.#lostError('it is gone');
  }

  #lostError(why: string): BfmError {
    const { runId, fence } = this.hold;
    return new BfmError('run.fence_lost', {
      message: `run ${runId} is no longer held under fence ${fence}: ${why}; nothing was written or sent after that`,
      details: { runId, fence },
      next: `bfm run show ${runId} tells who has it`,
    });
  }
}
