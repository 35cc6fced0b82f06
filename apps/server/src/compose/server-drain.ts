import type { GrpcServer } from '../grpc/grpc-server.ts';
import type { HttpServer } from '../http/http-server.ts';
import type { ComposedProcess } from './compose-process.ts';

/** What has to come to its end. */
export interface DrainedServer {
  readonly composed: ComposedProcess;
  readonly http: HttpServer;
  readonly grpc: GrpcServer;
  readonly ending: AbortController;
  /** Whether the runs that requests wait for may be this process's own. */
  readonly hasWorker: boolean;
}

/** How long requests have to be answered once nothing is worked on here any more. */
const ANSWERS_MS = 1_000;

/**
 * A server's way to its end: it says that it is not ready, its worker takes nothing more and ends or gives back what it has,
 * then requests that wait for runs are answered, then everything is closed.
 */
export class ServerDrain {
  readonly #server: DrainedServer;
  #closing: Promise<void> | null = null;

  constructor(server: DrainedServer) {
    this.#server = server;
  }

  /** May be called again, with less patience. */
  async within(graceMs: number): Promise<void> {
    const { composed, http, grpc, ending, hasWorker } = this.#server;
    ending.abort();
    if (this.#closing === null) composed.log('server').info({ graceMs }, 'stopping');
    const transports = [http.drain(graceMs), grpc.drain(graceMs)];
    await composed.worker.drain(graceMs);
    // What waits on waits for a run that was given back, and would for ever.
    const restMs = hasWorker ? Math.min(graceMs, ANSWERS_MS) : graceMs;
    await Promise.all([...transports, http.drain(restMs), grpc.drain(restMs)]);
    await (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { composed } = this.#server;
    await composed[Symbol.asyncDispose]();
    composed.log('server').info('stopped');
  }
}
