import type { Plan } from '@bfm/core';
import { planTotals } from '../output/plan-totals.ts';
import type { RunDisplay } from '../run/run-display.ts';
import type { Remote } from './open-remote.ts';
import { readEvent } from './read-event.ts';

/** With the pauses between them, a server may be away for some minutes. */
const RETRIES = 40;
/** What is taken sooner needs no explanation. */
const UNTAKEN_MS = 5_000;

/** Which run is followed, and who hears of it. */
export interface FollowedRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly display: RunDisplay;
  /** Aborted: nobody follows it any more. It goes on. */
  readonly signal: AbortSignal;
}

/**
 * Shows a run of a server while it goes on, over as many connections as it takes, and says when the server is away and back.
 *
 * @returns whether it has ended; else nobody wanted to know any more
 * @throws {server.unreachable} once the server was away for minutes
 */
export async function followRun({ ask }: Remote, followed: FollowedRun): Promise<boolean> {
  const { runId, plan, display, signal } = followed;
  const { targets, steps } = planTotals(plan);
  display.handle({ type: 'run.started', runId, targets, steps });
  using news = new News(display);
  try {
    return await ask(async (client) => {
      const options = { signal, retries: RETRIES, onRetry: () => news.isAway() };
      for await (const event of client.follow(runId, 0, options)) {
        news.isBack();
        if (event.type === 'run.started') news.isTaken(event);
        const read = readEvent(event);
        if (read !== null) display.handle(read);
        if (event.type === 'run.finished') return true;
      }
      return true;
    });
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** What there is to say of a run besides its events. */
class News implements Disposable {
  readonly #display: RunDisplay;
  readonly #untaken: NodeJS.Timeout;
  #away = false;

  constructor(display: RunDisplay) {
    this.#display = display;
    this.#untaken = setTimeout(() => {
      display.say('No worker has taken the run yet; it waits for one.');
    }, UNTAKEN_MS);
    this.#untaken.unref();
  }

  isTaken({ attempt, worker }: Readonly<Record<string, unknown>>): void {
    clearTimeout(this.#untaken);
    if (typeof attempt !== 'number' || attempt <= 1) return;
    this.#display.say(`Worker ${String(worker)} has taken the run over; it goes on where it was.`);
  }

  isAway(): void {
    clearTimeout(this.#untaken);
    if (!this.#away) this.#display.say('The server does not answer; its workers go on. Trying again.');
    this.#away = true;
  }

  isBack(): void {
    if (this.#away) this.#display.say('The server answers again.');
    this.#away = false;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#untaken);
  }
}
