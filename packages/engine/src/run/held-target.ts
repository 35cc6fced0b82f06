import { isBfmError, type BfmError, type Target } from '@bfm/core';
import type { SessionPlace } from '../ports/session-budget.ts';
import type { TargetSession } from '../ports/target-session.ts';
import { lockLostError, type TargetLeases } from './target-leases.ts';

/** A target that was taken, with everything that keeps others waiting meanwhile. */
export class HeldTarget implements AsyncDisposable {
  readonly session: TargetSession;
  readonly #target: Target;
  readonly #leases: TargetLeases;
  readonly #place: SessionPlace | null;
  readonly #signals: readonly AbortSignal[];

  constructor(
    target: Target,
    { session, place }: { readonly session: TargetSession; readonly place: SessionPlace | null },
    leases: TargetLeases,
  ) {
    this.session = session;
    this.#target = target;
    this.#leases = leases;
    this.#place = place;
    this.#signals = [session.lost, ...leases.signals];
  }

  /** Whether it is known to be lost. Looks at the clock, not only at what timers have noticed. */
  get isLost(): boolean {
    return this.session.lost.aborted || this.#leases.lost;
  }

  /** Why it was lost. */
  get reason(): BfmError {
    const reason: unknown = this.#signals.find(({ aborted }) => aborted)?.reason;
    return isBfmError(reason) ? reason : lockLostError(this.#target, reason);
  }

  /** Aborted when a signal is, or the target is lost. */
  orLost(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, ...this.#signals]);
  }

  /** The session first: as long as it works, nobody else should begin. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.session[Symbol.asyncDispose]();
    } finally {
      this.#place?.leave();
      await this.#leases[Symbol.asyncDispose]();
    }
  }
}
