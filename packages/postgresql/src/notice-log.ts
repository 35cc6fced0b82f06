import type pg from 'pg';

/** What a server notice says; every field may be missing on the wire. */
export interface Notice {
  readonly severity?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Collects the notices of one connection while it exists. */
export class NoticeLog implements Disposable {
  readonly #client: pg.ClientBase;
  readonly #listener: (notice: Notice) => void;
  #notices: Notice[] = [];

  constructor(client: pg.ClientBase) {
    this.#client = client;
    this.#listener = (notice) => this.#notices.push(notice);
    client.on('notice', this.#listener);
  }

  /** Gives what came since the last call, and forgets it. */
  take(): readonly Notice[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  /** Forgets what came so far. */
  clear(): void {
    this.#notices = [];
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.#client.off('notice', this.#listener);
  }
}
