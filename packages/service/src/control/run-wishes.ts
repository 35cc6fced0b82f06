import type { RunWish } from '@bfm/engine';

/** Tells whoever works on a run in this process what was asked of it. What was asked before somebody listens is in the run itself. */
export class RunWishes {
  readonly #listening = new Map<string, Set<(wish: RunWish['wish']) => void>>();

  /** Something was asked of a run; that nobody here works on it is no error. */
  tell({ runId, wish }: RunWish): void {
    for (const hear of this.#listening.get(runId) ?? []) hear(wish);
  }

  /** @returns what ends the listening */
  listen(runId: string, hear: (wish: RunWish['wish']) => void): Disposable {
    const others = this.#listening.get(runId) ?? new Set();
    this.#listening.set(runId, others.add(hear));
    return {
      [Symbol.dispose]: () => {
        others.delete(hear);
        if (others.size === 0) this.#listening.delete(runId);
      },
    };
  }
}
