import type { SessionBudget, SessionPlace, TargetStore } from '@bfm/engine';
import type { BudgetInit } from './budget-init.ts';
import { StoreSlots } from './store-slots.ts';

/**
 * Budgets of sessions that all workers share, by the slots in the state: in a database the runs of all processes together
 * hold at most as many sessions as its connections allow. A slot is kept between targets as long as nobody else waits for one.
 */
export class ConnectionBudget implements SessionBudget, AsyncDisposable {
  readonly #init: BudgetInit;
  readonly #stores = new Map<string, StoreSlots>();

  constructor(init: BudgetInit) {
    this.#init = init;
  }

  /** See {@link SessionBudget.enter}. */
  async enter(store: TargetStore, signal: AbortSignal): Promise<SessionPlace | null> {
    if (signal.aborted) return null;
    const identity = await store.identity();
    let slots = this.#stores.get(identity);
    if (slots === undefined) {
      slots = new StoreSlots({ ...this.#init, store: identity, budget: store.sessionsMax });
      this.#stores.set(identity, slots);
    }
    return slots.enter(signal);
  }

  /** Gives all slots back. What cannot be given back now ends with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#stores.values()].map((slots) => slots[Symbol.asyncDispose]()));
  }
}
