import { BfmError } from '@bfm/core';
import type { FastifyInstance } from 'fastify';
import type { Readiness } from './readiness.ts';

/** How long requests that were told to end have to say so to their clients. */
const LAST_WORDS_MS = 1_000;

/** How long a stop may take. */
export interface StopTimes {
  readonly graceMs: number;
  readonly noticeMs: number;
}

/** The requests that are being answered, and a server's way from the first request to stop to its end. */
export class HttpStopping {
  readonly #readiness: Readiness;
  readonly #open = new Set<AbortController>();
  readonly #streams = new Set<AbortController>();
  #closeIdle: (() => void) | null = null;

  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Counts a request until it is ended. */
  begin(): AbortController {
    const controller = new AbortController();
    this.#open.add(controller);
    return controller;
  }

  /** From now on the request is a stream, which has no end to wait for. */
  toStream(controller: AbortController): void {
    this.#streams.add(controller);
    if (this.#readiness.stopping) controller.abort(toStopping());
  }

  /** The request's connection has nothing more to say. */
  end(controller: AbortController): void {
    this.#open.delete(controller);
    this.#streams.delete(controller);
    // An answer that began before the stop has told its client that the connection stays.
    if (this.#closeIdle !== null) setImmediate(this.#closeIdle);
  }

  /** Stops a server; resolves when no connection is left. */
  async within(app: FastifyInstance, { graceMs, noticeMs }: StopTimes): Promise<void> {
    this.#readiness.stop();
    if (noticeMs > 0) await wait(noticeMs);
    this.#closeIdle = () => app.server.closeIdleConnections();
    const closed = app.close();
    for (const stream of this.#streams) stream.abort(toStopping());
    let timer = setTimeout(() => {
      for (const request of this.#open) request.abort(toStopping());
      timer = setTimeout(() => app.server.closeAllConnections(), LAST_WORDS_MS);
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function toStopping(): BfmError {
  return new BfmError('server.stopping', {
    message: 'The server is stopping. Runs go on with those that are left, or when it is back.',
    next: 'Call again; what was begun is found in the history.',
  });
}
