/** The slots that a process holds: in use, or idle since when. Pure bookkeeping; times in milliseconds of one clock. */
export class HeldSlots {
  readonly #idle = new Map<string, number>();
  readonly #busy = new Set<string>();

  get count(): number {
    return this.#idle.size + this.#busy.size;
  }

  all(): readonly string[] {
    return [...this.#idle.keys(), ...this.#busy];
  }

  /** A slot that was got, for whoever is next. */
  add(slot: string, nowMs: number): void {
    this.#idle.set(slot, nowMs);
  }

  /** An idle one that is in use from now on; `null`: there is none. */
  useIdle(): string | null {
    const [slot] = this.#idle.keys();
    if (slot === undefined) return null;
    this.use(slot);
    return slot;
  }

  use(slot: string): void {
    this.#idle.delete(slot);
    this.#busy.add(slot);
  }

  /** It is in use no more. @returns false when it was forgotten meanwhile, or was left before */
  leave(slot: string, nowMs: number): boolean {
    if (!this.#busy.delete(slot)) return false;
    this.#idle.set(slot, nowMs);
    return true;
  }

  forget(slot: string): void {
    this.#idle.delete(slot);
    this.#busy.delete(slot);
  }

  /** Takes away those that are idle since before a time, and others until there are so many. */
  takeIdle(beforeMs: number, least: number): readonly string[] {
    const byAge = [...this.#idle].sort(([, a], [, b]) => a - b);
    const taken = byAge.filter(([, sinceMs], place) => place < least || sinceMs <= beforeMs);
    for (const [slot] of taken) this.#idle.delete(slot);
    return taken.map(([slot]) => slot);
  }
}
