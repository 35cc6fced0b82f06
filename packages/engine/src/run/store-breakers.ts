import type { BfmError } from '@bfm/core';
import type { TargetStore } from '../ports/target-store.ts';

/** So often in a row a store may be out of reach before nobody asks it any more. */
const MISSES_MAX = 3;

/**
 * Remembers, for the time of a run, which stores are out of reach: of thousands of targets in one of them each would
 * wait for a connection in vain, and say so.
 */
export class StoreBreakers {
  readonly #misses = new Map<TargetStore, { readonly count: number; readonly error: BfmError }>();

  /** Why a store need not be asked; `null`: it may answer. */
  whyNot(store: TargetStore): BfmError | null {
    const missed = this.#misses.get(store);
    return missed !== undefined && missed.count >= MISSES_MAX ? missed.error : null;
  }

  /** It has answered. */
  reached(store: TargetStore): void {
    this.#misses.delete(store);
  }

  /** It has not. */
  missed(store: TargetStore, error: BfmError): void {
    this.#misses.set(store, { count: (this.#misses.get(store)?.count ?? 0) + 1, error });
  }
}
