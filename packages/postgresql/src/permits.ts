/** Counts connections in use. Whoever comes when all are taken waits its turn. */
export class Permits {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Whether one could be had at once. */
  get isFree(): boolean {
    return this.#free > 0;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Tells whether a permit became ours, in the order of asking, before it was given up.
   *
   * @param givingUp resolves when nobody wants to wait any longer; without it the wait has no end of its own
   */
  async acquire(givingUp?: Promise<void>): Promise<boolean> {
    if (this.tryAcquire()) return true;
    return await new Promise<boolean>((resolve) => {
      const take = (): void => {
        resolve(true);
      };
      this.#waiting.push(take);
      void givingUp?.then(() => {
        const place = this.#waiting.indexOf(take);
        if (place === -1) return;
        this.#waiting.splice(place, 1);
        resolve(false);
      });
    });
  }

  /** Takes a permit if one is free. */
  tryAcquire(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Hands the permit to whoever waits longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
