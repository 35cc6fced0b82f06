import { DependencyBoard } from './dependency-board.ts';
import { cancelledError } from './open-target.ts';
import type { RunContext } from './run-options.ts';
import { TargetRunner } from './run-target.ts';
import type { StepEnd, TargetRun } from './target-run.ts';

/**
 * Works on at most `concurrency` targets at a time until all steps of all targets have ended. A target that waits for
 * a step of another one is parked: it holds no place, lock or connection, so that no wait can be circular.
 */
export async function scheduleTargets(runs: readonly TargetRun[], context: RunContext): Promise<void> {
  await new Scheduler(runs, context).run();
}

class Scheduler {
  /** Worked off from the end. */
  readonly #ready: TargetRun[];
  readonly #parked = new Map<TargetRun, TargetRun[]>();
  readonly #board: DependencyBoard;
  readonly #context: RunContext;
  readonly #done = Promise.withResolvers<undefined>();
  #running = 0;

  constructor(runs: readonly TargetRun[], context: RunContext) {
    this.#ready = [...runs].reverse();
    this.#board = new DependencyBoard(runs);
    this.#context = withFailFast(context);
  }

  async run(): Promise<void> {
    this.#pump();
    await this.#done.promise;
  }

  #pump(): void {
    while (this.#running < this.#context.options.concurrency) {
      const run = this.#ready.pop();
      if (run === undefined) break;
      this.#running += 1;
      this.#advance(run).then(
        () => {
          this.#running -= 1;
          this.#pump();
        },
        (error: unknown) => {
          this.#done.reject(error);
        },
      );
    }
    if (this.#running === 0 && this.#ready.length === 0) this.#done.resolve(undefined);
  }

  async #advance(run: TargetRun): Promise<void> {
    if (this.#context.options.stop.aborted) {
      this.#endUnstarted(run);
    } else {
      const { ready, blocked, waitsFor } = this.#board.next(run);
      for (const { index, error } of blocked) this.#end(run, index, error);
      if (ready.length > 0) {
        await new TargetRunner(run, this.#board, this.#context).advance();
      } else if (waitsFor !== null) {
        this.#parked.set(waitsFor, [...(this.#parked.get(waitsFor) ?? []), run]);
        return;
      }
    }
    this.#release(run);
  }

  /** Queues whoever waited for this target, and the target itself if it has more to do. */
  #release(run: TargetRun): void {
    const waiting = this.#parked.get(run) ?? [];
    this.#parked.delete(run);
    this.#ready.push(...waiting);
    if (run.open().length > 0) this.#ready.push(run);
    else this.#context.emit({ type: 'target.finished', target: run.target, failed: run.hasFailed() });
  }

  #endUnstarted(run: TargetRun): void {
    for (const index of run.open()) this.#end(run, index, cancelledError(run.target));
  }

  #end(run: TargetRun, index: number, error: StepEnd['error']): void {
    const result = run.end(index, { outcome: 'not_started', durationMs: 0, attempts: 0, error });
    this.#context.emit({ type: 'step.finished', result });
  }
}

/** With `failFast`, the first failed step stops the run as a person's stop would. */
function withFailFast(context: RunContext): RunContext {
  const { options, emit } = context;
  const failed = new AbortController();
  const stop = AbortSignal.any([options.stop, options.cancel, failed.signal]);
  return {
    ...context,
    options: { ...options, stop },
    emit: (event) => {
      emit(event);
      const isFailure = event.type === 'step.finished' && event.result.outcome === 'failed';
      if (options.failFast && isFailure) failed.abort();
    },
  };
}
