/** The signals by which a person or a machine ends the demo. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One of the signals that end the demo. */
export type EndingSignal = (typeof SIGNALS)[number];

/** Work was given up because the demo is to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The part of a process that signals come from. */
export interface SignalSource {
  /** Process id of the parent; another one than at the start means that the parent died. */
  readonly ppid: number;
  on(signal: EndingSignal, listener: () => void): unknown;
  off(signal: EndingSignal, listener: () => void): unknown;
}

/** How an interruption is noticed. */
export interface InterruptionOptions {
  /** True when the parent's death ends the demo as well, as under npm, which does not hand every signal down. */
  readonly watchParent: boolean;
  /** Pause between two looks at the parent, in milliseconds. @default 250 */
  readonly watchEveryMs?: number;
}

/** Remembers whether the demo was asked to end. Until it is released, the signals do nothing else. */
export class Interruption {
  /** Settled with the first signal. */
  readonly requested: Promise<EndingSignal>;
  /** Aborted then. */
  readonly signal: AbortSignal;
  readonly #undo: readonly (() => void)[];
  #signal: EndingSignal | null = null;

  constructor(source: SignalSource, options: InterruptionOptions) {
    const { promise, resolve } = Promise.withResolvers<EndingSignal>();
    const controller = new AbortController();
    this.signal = controller.signal;
    const request = (signal: EndingSignal): void => {
      this.#signal ??= signal;
      controller.abort();
      resolve(signal);
    };
    this.requested = promise;
    this.#undo = [
      ...SIGNALS.map((signal) => listen(source, signal, request)),
      ...(options.watchParent ? [watchParent(source, options.watchEveryMs ?? 250, request)] : []),
    ];
  }

  /** @throws {Interrupted} when the demo was asked to end. */
  check(): void {
    if (this.#signal !== null) throw new Interrupted(`ended by ${this.#signal}`);
  }

  /** Gives the signals their usual meaning back. */
  release(): void {
    for (const undo of this.#undo) undo();
  }
}

type Request = (signal: EndingSignal) => void;

function listen(source: SignalSource, signal: EndingSignal, request: Request): () => void {
  const listener = (): void => {
    request(signal);
  };
  source.on(signal, listener);
  return () => {
    source.off(signal, listener);
  };
}

function watchParent(source: SignalSource, everyMs: number, request: Request): () => void {
  const parent = source.ppid;
  const timer = setInterval(() => {
    if (source.ppid !== parent) request('SIGHUP');
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
