import { targetKey } from '@bfm/core';
import type { ShownWait } from '../output/waits-view.ts';

/** What is over sooner is told of when it is over. */
const FIRST_MS = 5_000;
const AGAIN_MS = 30_000;

/** Says when a log, in which nothing is redrawn, is told of waits: after five seconds, and then every thirty. */
export class WaitPace {
  #told: { readonly what: string; readonly atMs: number } | null = null;

  /** True when the waits are to be told of now; they then count as told. */
  isDue(waits: readonly ShownWait[], nowMs: number): boolean {
    const [longest] = waits;
    if (longest === undefined || longest.forMs < FIRST_MS) return false;
    const what = `${targetKey(longest.target)} ${longest.text}`;
    if (this.#told?.what === what && nowMs < this.#told.atMs + AGAIN_MS) return false;
    this.#told = { what, atMs: nowMs };
    return true;
  }
}
