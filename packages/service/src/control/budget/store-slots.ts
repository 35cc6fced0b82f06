import { isBfmError } from '@bfm/core';
import type { ConnectionSlots, SessionPlace, SlotRequest } from '@bfm/engine';
import type { BudgetInit } from './budget-init.ts';
import { HeldSlots } from './held-slots.ts';

/** The slots of one store. */
export interface StoreSlotsInit extends BudgetInit {
  /** The identity of the store. */
  readonly store: string;
  /** Slots there are, for all processes together; at least 1. */
  readonly budget: number;
}

/** How long is waited between two looks whether a slot has become free, in milliseconds: from the first to the longest. */
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 500;
/** How often slots are looked after: renewed, and given up when others wait or nobody uses them. */
const CARE_MS = 1_000;

/**
 * What one process has of a store's slots. Whoever asks here is served in turn; one slot at a time is asked for in the state, where
 * processes are served in turn. At every look one slot is given up for each process that waits, so that what many want goes round.
 */
export class StoreSlots implements AsyncDisposable {
  readonly #init: StoreSlotsInit;
  readonly #held = new HeldSlots();
  readonly #waiting: ((slot: string) => void)[] = [];
  readonly #closed = new AbortController();
  readonly #releases = new Set<Promise<void>>();
  /** Slots that others are still to get. */
  #owed = 0;
  /** Whether this process has a place in the queue. */
  #isQueued = false;
  #made = 0;
  #changed = Promise.withResolvers<undefined>();
  #asking: Promise<void> | null = null;
  #caring: Promise<void> | null = null;

  constructor(init: StoreSlotsInit) {
    this.#init = init;
  }

  /** See `SessionBudget.enter`. */
  async enter(signal: AbortSignal): Promise<SessionPlace | null> {
    if (signal.aborted) return null;
    const idle = this.#waiting.length === 0 ? this.#held.useIdle() : null;
    const slot = idle ?? (await this.#wait(signal));
    return slot === null ? null : this.#place(slot);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    this.#tell();
    await Promise.all([this.#asking, this.#caring, ...this.#releases]);
    await this.#release(this.#held.all());
  }

  #wait(signal: AbortSignal): Promise<string | null> {
    return new Promise((resolve) => {
      const take = (slot: string): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(slot);
      };
      const giveUp = (): void => {
        const place = this.#waiting.indexOf(take);
        if (place !== -1) this.#waiting.splice(place, 1);
        this.#tell();
        resolve(null);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(take);
      this.#asking ??= this.#ask();
    });
  }

  #place(slot: string): SessionPlace {
    return {
      leave: () => {
        if (this.#held.leave(slot, this.#init.clock.monotonicMs())) this.#passOn(slot);
      },
    };
  }

  /** Others who wait come first: whoever wants to go on here asks again, behind them. */
  #passOn(slot: string): void {
    if (this.#owed > 0) {
      this.#owed -= 1;
      this.#held.forget(slot);
      this.#releaseSoon([slot]);
    } else {
      this.#hand(slot);
    }
    this.#tell();
  }

  #hand(slot: string): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#held.use(slot);
      next(slot);
    }
    this.#caring ??= this.#care();
  }

  /** Asks for slots as long as somebody here waits. */
  async #ask(): Promise<void> {
    const { clock, random, budget } = this.#init;
    const { signal } = this.#closed;
    let pauseMs = FIRST_LOOK_MS;
    while (this.#waiting.length > 0 && !signal.aborted) {
      if (this.#held.count >= budget) {
        await this.#changed.promise;
      } else if (await this.#takeNew()) {
        pauseMs = FIRST_LOOK_MS;
      } else {
        await clock.sleep(pauseMs * (0.5 + random()), signal);
        pauseMs = Math.min(LONGEST_LOOK_MS, pauseMs * 2);
      }
    }
    this.#asking = null;
    if (!this.#isQueued) return;
    this.#isQueued = false;
    await this.#release([this.#nextName]);
  }

  get #nextName(): string {
    return `${this.#init.worker}/${this.#made}`;
  }

  async #takeNew(): Promise<boolean> {
    const name = this.#nextName;
    const answer = await this.#noted((slots) => slots.take(this.#request(name)));
    this.#isQueued = answer?.ok !== true;
    if (this.#isQueued) return false;
    this.#made += 1;
    this.#held.add(name, this.#init.clock.monotonicMs());
    this.#hand(name);
    return true;
  }

  /** Looks after the slots as long as there are any. */
  async #care(): Promise<void> {
    const { clock, leaseMs, store } = this.#init;
    const { signal } = this.#closed;
    let renewedMs = clock.monotonicMs();
    while (this.#held.count > 0 && !signal.aborted) {
      await clock.sleep(Math.min(CARE_MS, leaseMs / 5), signal);
      const nowMs = clock.monotonicMs();
      const isDue = nowMs - renewedMs >= leaseMs / 3;
      await this.#noted(async (slots) => {
        if (isDue) await this.#renew(slots);
        this.#owed = Math.max(0, (await slots.waiting(store)) - Number(this.#isQueued));
      });
      if (isDue) renewedMs = nowMs;
      const spare = this.#held.takeIdle(nowMs - CARE_MS, this.#owed);
      this.#owed -= Math.min(this.#owed, spare.length);
      await this.#release(spare);
      this.#tell();
    }
    this.#caring = null;
  }

  /** What the state was away from for too long is somebody else's by now. */
  async #renew(slots: ConnectionSlots): Promise<void> {
    for (const slot of this.#held.all()) {
      if ((await slots.take(this.#request(slot))).ok) continue;
      this.#held.forget(slot);
      await slots.release(this.#init.store, slot);
    }
  }

  #request(holder: string): SlotRequest {
    const { store, budget, leaseMs } = this.#init;
    return { store, holder, budget, leaseMs };
  }

  #releaseSoon(slots: readonly string[]): void {
    const release = this.#release(slots).finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }

  async #release(holders: readonly string[]): Promise<void> {
    if (holders.length === 0) return;
    await this.#noted(async (slots) => {
      for (const holder of holders) await slots.release(this.#init.store, holder);
    });
  }

  /** While the state is away nobody gets a slot, and those there are end with their leases. */
  async #noted<T>(work: (slots: ConnectionSlots) => Promise<T>): Promise<T | null> {
    try {
      return await this.#init.state.note(({ slots }) => work(slots));
    } catch (error) {
      if (!isBfmError(error)) throw error;
      return null;
    }
  }

  /** Something may be free, or nobody may want it any more. */
  #tell(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }
}
