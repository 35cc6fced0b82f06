import type { RequestBudgets } from './request-budgets.ts';

/** Ends one look at a token, and says whether it was refused. */
export type EndGuess = (refused: boolean) => void;

interface Address {
  /** Looks that have begun and not ended: each of them may turn out to be a refusal. */
  open: number;
  readonly waiting: (() => void)[];
}

/**
 * Tokens that are being looked at, by address. No more of an address are looked at together than it has refusals left, so that
 * its budget holds however many it sends at once; the others wait for those, and not for the budget to grow again.
 */
export class Guesses {
  readonly #refusals: RequestBudgets;
  readonly #addresses = new Map<string, Address>();

  /** @param refusals how many refused tokens an address has left */
  constructor(refusals: RequestBudgets) {
    this.#refusals = refusals;
  }

  /** Begins to look at a token; gives the seconds to wait when its address has no refusal left. */
  async begin(key: string): Promise<EndGuess | number> {
    const address = this.#addresses.get(key) ?? { open: 0, waiting: [] };
    this.#addresses.set(key, address);
    for (;;) {
      const left = this.#refusals.left(key);
      if (left < 1) {
        this.#forget(key, address);
        address.waiting.shift()?.();
        return this.#refusals.ask(key);
      }
      if (address.open < left) break;
      await new Promise<void>((resolve) => address.waiting.push(resolve));
    }
    address.open += 1;
    return (refused) => {
      address.open -= 1;
      if (refused) this.#refusals.take(key);
      this.#forget(key, address);
      address.waiting.shift()?.();
    };
  }

  #forget(key: string, { open, waiting }: Address): void {
    if (open === 0 && waiting.length === 0) this.#addresses.delete(key);
  }
}
