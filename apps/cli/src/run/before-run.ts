import type { Clock } from '@bfm/engine';
import { connectingView } from '../output/connecting-view.ts';
import type { Screen } from '../output/terminal.ts';
import { Connecting } from './connecting.ts';
import { EarlyInterrupts } from './early-interrupts.ts';

/** What a command tells while it has not begun a run: connections that take long, and that it was interrupted. */
export class BeforeRun implements Disposable {
  readonly #connecting: Connecting;
  readonly #interrupts: EarlyInterrupts;
  #mayChange = false;
  #isOver = false;

  /** @param view says that an address is waited for */
  constructor(notes: Screen, view = connectingView) {
    this.#connecting = new Connecting((address) => {
      // A run tells of that itself.
      if (!notes.isTty || this.#isOver) return;
      notes.print([notes.look.paint.dim(view(address, notes.look))]);
    });
    this.#interrupts = new EarlyInterrupts({
      say: (line) => {
        notes.print([notes.look.paint.warn(line)]);
      },
      connectingTo: () => this.#connecting.address,
      isUnchanged: () => !this.#mayChange || !this.#connecting.isAnswered,
    });
  }

  /** Somebody waits for a connection. */
  watch(address: string, connecting: Promise<unknown>, clock: Pick<Clock, 'sleep'>): void {
    this.#connecting.watch(address, connecting, clock);
  }

  /** From now on something may be changed. */
  beginChanges(): void {
    this.#mayChange = true;
  }

  /** A run begins, or all is over: nothing is told any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#interrupts[Symbol.dispose]();
  }
}
