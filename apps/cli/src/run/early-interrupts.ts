import { SIGNALS } from './interrupts.ts';

/** What is known when a signal comes. */
export interface EarlyInterruptsInit {
  readonly say: (line: string) => void;
  /** Where a connection is waited for; `null`: nowhere. */
  readonly connectingTo: () => string | null;
  /** Whether it is certain that nothing was changed. */
  readonly isUnchanged: () => boolean;
}

/**
 * Says a line before a signal ends the process as it would anyway, so that nobody wonders what was done. From construction
 * to disposal: a run that can be stopped in the middle has ways of its own.
 */
export class EarlyInterrupts implements Disposable {
  readonly #listener: (signal: NodeJS.Signals) => void;

  constructor({ say, connectingTo, isUnchanged }: EarlyInterruptsInit) {
    this.#listener = (signal) => {
      this[Symbol.dispose]();
      const address = connectingTo();
      const doing = address === null ? '' : ` while connecting to ${address}`;
      say(`Interrupted${doing}${isUnchanged() ? '; nothing was changed.' : '.'}`);
      // With nobody listening it ends the process, which then has the exit status of one that was interrupted.
      process.kill(process.pid, signal);
    };
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}
