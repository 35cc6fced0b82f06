/** Somebody who wants a slot of a store's budget. */
export interface SlotRequest {
  /** The identity of a store, see `TargetStore.identity`. */
  readonly store: string;
  /** Unique to the worker and what it does. It has one slot of a store at most. */
  readonly holder: string;
  /** Slots there are at most. */
  readonly budget: number;
  /** How long a slot is held, or a place in the queue kept, unless it is asked for again. */
  readonly leaseMs: number;
}

/** The answer of one try. */
export type SlotAnswer =
  | { readonly ok: true; readonly slot: number }
  /** `ahead`: how many wait longer. */
  | { readonly ok: false; readonly ahead: number };

/** Budgets of connections that all workers share. Leases end by themselves. */
export interface ConnectionSlots {
  /** Tries once to get a slot, or renews the one held; who comes first is served first. Never waits. */
  take(request: SlotRequest): Promise<SlotAnswer>;
  /** Gives a slot or a place in the queue back; what is not held is no error. */
  release(store: string, holder: string): Promise<void>;
  /** How many wait for a slot of a store: whoever has held one long enough should give it back then. */
  waiting(store: string): Promise<number>;
}
