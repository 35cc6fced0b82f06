import type { JobConsumer } from '@bfm/engine';
import { isBfmError } from '@bfm/core';
import { executeRun, type ControlContext } from '@bfm/service';
import { LeftAlone } from './left-alone.ts';
import { Turns } from './turns.ts';
import { watchWishes } from './wish-watch.ts';

/** How a worker works. */
export interface RunWorkerOptions {
  /** Unique to this process, for those who look who has a run. */
  readonly worker: string;
  /** Runs worked on at the same time, at least 1. */
  readonly concurrency: number;
  /** How long others wait for a run whose worker says nothing any more, in milliseconds. */
  readonly leaseMs: number;
  /** See `Execution`. */
  readonly lossesMax: number;
  /** How long a run may keep a place that others wait for, in milliseconds; then it is given back, and waits behind them. */
  readonly turnMs: number;
  /** How often is looked for what nobody told of, in milliseconds. */
  readonly sweepMs: number;
  /** Hears of what is nobody's outcome: the state that is away, bugs. `runId` is `null` when it is about no run. */
  readonly report: (error: unknown, runId: string | null) => void;
}

/** Options when nobody says otherwise. */
export const DEFAULT_WORKER_OPTIONS = {
  concurrency: 4,
  leaseMs: 15_000,
  lossesMax: 5,
  turnMs: 30_000,
  sweepMs: 2_000,
} as const;

/** How long a job may wait for a look when nobody wakes us, in milliseconds. */
const POLL_MS = 500;

/** How long statements that are cancelled may take to end, in milliseconds. */
const CANCELLED_WITHIN_MS = 10_000;

/**
 * Works on runs, the oldest first: those that the queue tells of, those that nobody has taken, and those whose worker is
 * gone. None keeps its place for long when others wait for one. The runs themselves say which these are, so that a job that was lost is made up for; jobs only make it quick.
 */
export class RunWorker {
  readonly #options: RunWorkerOptions;
  readonly #control: ControlContext;
  readonly #active = new Map<string, Promise<void>>();
  readonly #leftAlone: LeftAlone;
  readonly #turns: Turns;
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  readonly #over = new AbortController();
  #woken = new AbortController();
  #loop: Promise<void> | null = null;
  #jobs: JobConsumer | null = null;

  constructor(options: RunWorkerOptions, control: ControlContext) {
    this.#options = options;
    this.#control = control;
    this.#leftAlone = new LeftAlone(() => control.clock.monotonicMs());
    this.#turns = new Turns(options.turnMs, () => control.clock.monotonicMs());
  }

  /** Begins to take runs. */
  start(): void {
    if (this.#loop !== null) return;
    this.#loop = this.#work();
    void watchWishes(() => this.active, this.#over.signal, this.#control);
  }

  /** Something may wait: it is looked for at once. */
  wake(): void {
    this.#woken.abort();
    this.#jobs?.wake();
  }

  /** Ids of the runs that are worked on now. */
  get active(): readonly string[] {
    return [...this.#active.keys()];
  }

  /**
   * Takes no more runs and gives back those under way: migrations that run may end within the grace, then they are
   * cancelled. Resolves when nothing is under way any more. May be called again, with less patience.
   */
  async drain(graceMs: number): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#loop;
    const stopped = this.#jobs?.stop().catch(this.#onError);
    await this.#endedWithin(graceMs);
    this.#cancel.abort();
    await this.#endedWithin(CANCELLED_WITHIN_MS);
    this.#over.abort();
    if (this.#active.size === 0) await stopped;
  }

  readonly #onError = (error: unknown): void => {
    this.#options.report(error, null);
  };

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#woken = new AbortController();
      await this.#consume();
      const begun = await this.#takeSome();
      const wait = AbortSignal.any([this.#woken.signal, this.#stop.signal]);
      if (begun === 0) await this.#control.clock.sleep(this.#options.sweepMs, wait);
    }
  }

  /** While the queue cannot be reached, sweeping has to do. */
  async #consume(): Promise<void> {
    if (this.#jobs !== null) return;
    const { concurrency } = this.#options;
    const consumption = { concurrency, pollMs: POLL_MS, onError: this.#onError };
    try {
      this.#jobs = await this.#control.state.queue.consume(consumption, (runId) => this.#workOnJob(runId));
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Waits for a place. What is thrown puts the job back. */
  async #workOnJob(runId: string): Promise<void> {
    while (this.#active.size >= this.#options.concurrency && !this.#active.has(runId)) {
      await Promise.race(this.#active.values());
    }
    if (this.#stop.signal.aborted) throw new Error('the worker is stopping');
    await (this.#active.get(runId) ?? this.#begin(runId));
  }

  /** Fills the places that are free. @returns how many runs were begun with */
  async #takeSome(): Promise<number> {
    const free = this.#options.concurrency - this.#active.size;
    try {
      if (free <= 0) {
        await this.#makeRoom();
        return 0;
      }
      const ids = await this.#findWaiting();
      const some = ids.filter((id) => !this.#active.has(id) && !this.#leftAlone.has(id)).slice(0, free);
      for (const id of some) void this.#begin(id);
      return some.length;
    } catch (error) {
      this.#options.report(error, null);
      return 0;
    }
  }

  /** A long run goes on later when others wait: what it has done stays done. */
  async #makeRoom(): Promise<void> {
    if (!this.#turns.isAnyOver) return;
    const ids = await this.#findWaiting();
    if (ids.some((id) => !this.#active.has(id) && !this.#leftAlone.has(id))) this.#turns.endOne();
  }

  /** What was lost goes first: it has waited longest. */
  #findWaiting(): Promise<readonly string[]> {
    const { concurrency } = this.#options;
    const limit = concurrency * 2 + this.#leftAlone.size;
    return this.#control.state.read(async ({ runs }) => [
      ...new Set([...(await runs.overdue(limit)), ...(await runs.waiting(limit))]),
    ]);
  }

  #begin(runId: string): Promise<void> {
    const { worker, leaseMs, lossesMax } = this.#options;
    const turn = this.#turns.begin(runId);
    const signals = { stop: AbortSignal.any([this.#stop.signal, turn]), cancel: this.#cancel.signal };
    const work = executeRun(runId, { worker, leaseMs, lossesMax, ...signals }, this.#control).then(
      () => {
        this.#leftAlone.forget(runId);
      },
      (error: unknown) => {
        if (!isBfmError(error) || error.spec.category === 'internal') this.#leftAlone.add(runId);
        this.#options.report(error, runId);
      },
    );
    const ended = work.finally(() => {
      this.#active.delete(runId);
      this.#turns.over(runId);
      this.wake();
    });
    this.#active.set(runId, ended);
    return ended;
  }

  async #endedWithin(ms: number): Promise<void> {
    const over = new AbortController();
    const ended = Promise.all(this.#active.values());
    await Promise.race([ended, this.#control.clock.sleep(ms, over.signal)]);
    over.abort();
  }
}
