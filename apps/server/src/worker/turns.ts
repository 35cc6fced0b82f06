interface Turn {
  readonly sinceMs: number;
  readonly end: AbortController;
}

/** Since when runs have the places of a worker, and who is to make room for others. */
export class Turns {
  readonly #turnMs: number;
  readonly #nowMs: () => number;
  /** In the order in which they began. */
  readonly #turns = new Map<string, Turn>();

  constructor(turnMs: number, nowMs: () => number) {
    this.#turnMs = turnMs;
    this.#nowMs = nowMs;
  }

  /** A run has a place from now on. @returns aborted when it is to give it back */
  begin(runId: string): AbortSignal {
    const end = new AbortController();
    this.#turns.set(runId, { sinceMs: this.#nowMs(), end });
    return end.signal;
  }

  /** The run has no place any more. */
  over(runId: string): void {
    this.#turns.delete(runId);
  }

  /** Tells whether one has had its place for so long that it should make room. */
  get isAnyOver(): boolean {
    return this.#longest !== undefined;
  }

  /** Asks the one that has had its place longest to give it back, unless another is about to. */
  endOne(): void {
    this.#longest?.end.abort();
  }

  get #longest(): Turn | undefined {
    const turns = [...this.#turns.values()];
    if (turns.some(({ end }) => end.signal.aborted)) return undefined;
    const nowMs = this.#nowMs();
    return turns.find(({ sinceMs }) => nowMs - sinceMs >= this.#turnMs);
  }
}
