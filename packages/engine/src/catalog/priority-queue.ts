/**
 * A queue of whole numbers that always gives the smallest first. Callers put ranks into it, so that the order of things
 * is decided by one sort beforehand and every later comparison is one of numbers.
 */
export class RankQueue {
  readonly #heap: number[] = [];

  /** How many ranks wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Adds a rank. */
  push(rank: number): void {
    const heap = this.#heap;
    let position = heap.length;
    heap.push(rank);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (this.#at(parent) <= rank) break;
      heap[position] = this.#at(parent);
      position = parent;
    }
    heap[position] = rank;
  }

  /** Takes the smallest rank out; `undefined` when there is none. */
  pop(): number | undefined {
    const heap = this.#heap;
    const smallest = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return smallest;
  }

  #sink(rank: number): void {
    const heap = this.#heap;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= heap.length) break;
      if (this.#at(child + 1) < this.#at(child)) child += 1;
      if (this.#at(child) >= rank) break;
      heap[position] = this.#at(child);
      position = child;
    }
    heap[position] = rank;
  }

  #at(position: number): number {
    return this.#heap[position] ?? Number.POSITIVE_INFINITY;
  }
}
