import type { Socket } from 'node:net';

/** How one direction of a connection is treated. */
export interface WayState {
  /** Nothing passes; what was sent meanwhile comes through once this ends, as with a network that mends. */
  readonly held: boolean;
  /** Everything arrives so many milliseconds late. */
  readonly latencyMs: number;
}

/** One direction of a connection: keeps the order whatever happens to it. */
export class OneWay {
  readonly #sink: Socket;
  readonly #queue: { readonly bytes: Buffer | null; readonly dueMs: number }[] = [];
  readonly #passed: (bytes: number) => void;
  #state: WayState = { held: false, latencyMs: 0 };
  #timer: NodeJS.Timeout | null = null;

  constructor(sink: Socket, passed: (bytes: number) => void) {
    this.#sink = sink;
    this.#passed = passed;
  }

  /** Something came and goes on to the other side as soon as the state allows; `null` is the end of the stream. */
  push(bytes: Buffer | null): void {
    this.#queue.push({ bytes, dueMs: performance.now() + this.#state.latencyMs });
    this.#pump();
  }

  set(state: WayState): void {
    this.#state = state;
    this.#pump();
  }

  get held(): boolean {
    return this.#state.held;
  }

  /** Forgets what has not passed. */
  drop(): void {
    this.#queue.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#state.held) {
      const [first] = this.#queue;
      if (first === undefined) return;
      const leftMs = first.dueMs - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => {
          this.#pump();
        }, leftMs);
        return;
      }
      this.#queue.shift();
      this.#deliver(first.bytes);
    }
  }

  #deliver(bytes: Buffer | null): void {
    if (bytes === null) {
      this.#sink.end();
      return;
    }
    if (!this.#sink.writable) return;
    this.#sink.write(bytes);
    this.#passed(bytes.length);
  }
}
