/** How much somebody may ask for. */
export interface Budget {
  readonly perSecond: number;
  /** How many at once, after a pause. */
  readonly burst: number;
}

interface Bucket {
  left: number;
  atMs: number;
}

/** A client that comes with ever new names makes the oldest ones forgotten, not the memory full. */
const KEYS_MAX = 10_000;

/** Token buckets by name. */
export class RequestBudgets {
  readonly #budget: Budget;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(budget: Budget, nowMs: () => number) {
    this.#budget = budget;
    this.#nowMs = nowMs;
  }

  /** Takes one. Gives 0 if there was one, else in how many seconds (whole, at least 1) there is. */
  take(key: string): number {
    const bucket = this.#look(key);
    if (bucket.left < 1) return this.#secondsUntilOne(bucket);
    bucket.left -= 1;
    this.#keep(key, bucket);
    return 0;
  }

  /** The same without taking one. */
  ask(key: string): number {
    const bucket = this.#look(key);
    return bucket.left < 1 ? this.#secondsUntilOne(bucket) : 0;
  }

  /** How many there are now. */
  left(key: string): number {
    return this.#look(key).left;
  }

  #secondsUntilOne({ left }: Bucket): number {
    return Math.max(1, Math.ceil((1 - left) / this.#budget.perSecond));
  }

  #look(key: string): Bucket {
    const atMs = this.#nowMs();
    const { perSecond, burst } = this.#budget;
    const known = this.#buckets.get(key);
    if (known === undefined) return { left: burst, atMs };
    const left = Math.min(burst, known.left + ((atMs - known.atMs) / 1_000) * perSecond);
    return { left, atMs };
  }

  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= KEYS_MAX) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
