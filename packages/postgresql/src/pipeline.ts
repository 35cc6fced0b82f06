import { BfmError } from '@bfm/core';
import type pg from 'pg';
import { FirstRowQuery } from './wire/first-row-query.ts';
import { connectionOf, together, type WireConnection } from './together.ts';

/** What a server notice says; every field may be missing on the wire. */
export interface Notice {
  readonly severity?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** The server's whole answer to one message. */
export interface Answer {
  /** `null` when the message failed. */
  readonly error: unknown;
  /** The command tag, such as `COMMIT`, `CREATE TABLE` or `INSERT 0 5`; empty when it failed. */
  readonly command: string;
  /** The first row it gave, by column; `null` without one. */
  readonly firstRow: Readonly<Record<string, unknown>> | null;
  /** What the server remarked while it worked on this message. */
  readonly notices: readonly Notice[];
  /** When the answer was complete, on the pipeline's clock. */
  readonly atMs: number;
}

/** How many rows a message changed, by its command tag: the last number of `INSERT 0 5` or `UPDATE 5`. */
export function rowCountOf({ command }: Answer): number {
  return Number(/\d+$/.exec(command)?.[0] ?? 0);
}

/** The error for a command tag that answers a COMMIT and is not `COMMIT`: the server took the transaction back, and says so. */
export function notCommitted(command: string): BfmError {
  return new BfmError('step.failed', {
    message: `the server took the transaction back: it answered COMMIT with ${command === '' ? 'nothing' : command}`,
    next: "look into the server's log for what went wrong before the COMMIT, mend the file and run the same command again",
  });
}

/**
 * Sends messages on one connection without waiting, and gives each its own answer. Notices and times are taken the
 * moment an answer is complete, not when somebody looks: several answers may come in one packet.
 */
export class Pipeline implements Disposable {
  readonly #client: pg.ClientBase;
  readonly #nowMs: () => number;
  readonly #listener: (notice: Notice) => void;
  readonly #tagListener: (complete: { readonly text: string }) => void;
  readonly #wire: WireConnection | undefined;
  #notices: Notice[] = [];
  #tag = '';

  constructor(client: pg.ClientBase, nowMs: () => number) {
    this.#client = client;
    this.#nowMs = nowMs;
    this.#listener = (notice) => this.#notices.push(notice);
    client.on('notice', this.#listener);
    // Results keep only the first word of the tag; the connection has all of it.
    this.#wire = connectionOf(client);
    this.#tagListener = ({ text }) => (this.#tag = text);
    this.#wire?.on('commandComplete', this.#tagListener);
  }

  /** Sends one message. The promise never rejects: a failure is an answer. */
  send(query: string | pg.QueryConfig): Promise<Answer> {
    return new Promise((resolve) => {
      const config = typeof query === 'string' ? { text: query } : query;
      const heard = (error: unknown, result?: pg.QueryResult | pg.QueryResult[]): void => {
        const last = Array.isArray(result) ? result.at(-1) : result;
        const failed = error ?? null;
        const notices = this.#notices;
        const tag = this.#tag || (last?.command ?? '');
        this.#notices = [];
        this.#tag = '';
        resolve({
          error: failed,
          command: failed === null ? tag : '',
          firstRow: (last?.rows[0] as Record<string, unknown> | undefined) ?? null,
          notices,
          atMs: this.#nowMs(),
        });
      };
      this.#client.query(new FirstRowQuery(config, heard));
    });
  }

  /** As {@link together}, on this connection. */
  together<T>(work: () => T): T {
    return together(this.#client, work);
  }

  /** Stops listening for notices. */
  [Symbol.dispose](): void {
    this.#client.off('notice', this.#listener);
    this.#wire?.off('commandComplete', this.#tagListener);
  }
}
