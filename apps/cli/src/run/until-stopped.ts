/** The signals by which somebody ends a server. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_INTERRUPTED = 130;

/** How a process is stopped. */
export interface Stopping {
  /** How long what is under work may go on after the first signal, in milliseconds. */
  readonly graceMs: number;
  /** Where signals come from. */
  readonly source: NodeJS.EventEmitter;
}

/** Something that drains; called again, the shorter grace counts. */
interface Draining {
  readonly drain: (graceMs: number) => Promise<void>;
}

/**
 * Starts something, and stops it at the first signal; at the second one without patience.
 *
 * @returns the exit code: 0 once it has come to its end, 130 when a signal came before it had started
 * @throws what starting it throws
 */
export async function untilStopped(start: () => Promise<Draining>, stopping: Stopping): Promise<number> {
  const { graceMs, source } = stopping;
  const signals = new Signals(source);
  try {
    const starting = start();
    const running = await Promise.race([starting, signals.first]);
    if (running === undefined) {
      await starting.then(({ drain }) => drain(0));
      return EXIT_INTERRUPTED;
    }
    await signals.first;
    await Promise.race([running.drain(graceMs), signals.second.then(() => running.drain(0))]);
    return 0;
  } finally {
    signals.release();
  }
}

class Signals {
  readonly first: Promise<undefined>;
  readonly second: Promise<undefined>;
  readonly release: () => void;

  constructor(source: NodeJS.EventEmitter) {
    const [first, second] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    let count = 0;
    const listener = (): void => {
      count += 1;
      (count === 1 ? first : second).resolve(undefined);
    };
    for (const signal of SIGNALS) source.on(signal, listener);
    this.first = first.promise;
    this.second = second.promise;
    this.release = () => {
      for (const signal of SIGNALS) source.off(signal, listener);
    };
  }
}
