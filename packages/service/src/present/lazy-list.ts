/**
 * A list in a wire document that is made item by item while it is written: with thousands of targets and hundreds of
 * migrations the whole would be gigabytes. May be gone through again.
 */
export class LazyList<T> implements Iterable<T> {
  readonly #each: () => Iterable<T>;

  constructor(each: () => Iterable<T>) {
    this.#each = each;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#each()[Symbol.iterator]();
  }

  /** For `JSON.stringify`, where the whole is wanted. */
  toJSON(): readonly T[] {
    return [...this];
  }
}
