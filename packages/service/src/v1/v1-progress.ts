/** A message of a stream that tells how a run goes. */
export interface V1Progress {
  readonly migration_id: string;
  readonly status: 'running' | 'success' | 'failed' | 'skipped';
  readonly message: string;
  /** 0 to 100, of the whole. */
  readonly progress: number;
}

/** Tells of each migration once that it runs, and once how it ended. */
export class V1ProgressTeller {
  readonly #total: number;
  readonly #begun = new Set<string>();
  readonly #ended = new Set<string>();
  #done = 0;

  /** @param total how many ends there will be */
  constructor(total: number) {
    this.#total = Math.max(1, total);
  }

  /** A migration runs; nothing when that was told before. */
  *begin(entry: string): Generator<V1Progress> {
    if (this.#begun.has(entry)) return;
    this.#begun.add(entry);
    const message = `Executing migration ${Math.min(this.#done + 1, this.#total)} of ${this.#total}`;
    yield { migration_id: entry, status: 'running', message, progress: this.#progress() };
  }

  /** A migration has ended; nothing when that was told before. */
  *end(
    entry: string,
    status: Exclude<V1Progress['status'], 'running'>,
    message: string,
  ): Generator<V1Progress> {
    if (this.#ended.has(entry)) return;
    yield* this.begin(entry);
    this.#ended.add(entry);
    this.#done += 1;
    yield { migration_id: entry, status, message, progress: this.#progress() };
  }

  /** Something that is about no migration, or never ran. */
  failure(message: string): V1Progress {
    this.#done += 1;
    return { migration_id: '', status: 'failed', message, progress: this.#progress() };
  }

  #progress(): number {
    return Math.min(100, Math.floor((this.#done * 100) / this.#total));
  }
}
