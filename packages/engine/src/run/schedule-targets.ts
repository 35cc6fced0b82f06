import { isFailure, targetKey } from '@bfm/core';
import { DependencyBoard } from './dependency-board.ts';
import type { RunContext } from './run-options.ts';
import { TargetRunner, type RunnerContext } from './run-target.ts';
import { StoreBreakers } from './store-breakers.ts';
import type { StepEnd } from './step-ends.ts';
import type { TargetRun } from './target-run.ts';
import { notBegunError, Units } from './units.ts';

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
  /** Who works in a schema of a store now; connections may share both, and their lock is one. */
  readonly #active = new Map<string, TargetRun>();
  readonly #board: DependencyBoard;
  readonly #context: RunnerContext;
  /** `null`: each target is a unit of its own. */
  readonly #units: Units | null;
  readonly #done = Promise.withResolvers<undefined>();
  #running = 0;

  constructor(runs: readonly TargetRun[], context: RunContext) {
    this.#ready = [...runs].reverse();
    this.#board = new DependencyBoard(runs);
    const limited = withFailuresMax(context);
    const { stop, unit } = limited.options;
    this.#units = unit === 'tenant' ? new Units(stop) : null;
    const emit = this.#units === null ? limited.emit : notingFailures(this.#units, limited.emit);
    this.#context = { ...limited, emit, breakers: new StoreBreakers() };
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
    const stop = this.#stopOf(run);
    if (stop.aborted) {
      this.#endUnstarted(run, stop);
    } else {
      const { ready, blocked, waitsFor } = this.#board.next(run);
      for (const { index, by } of blocked) this.#end(run, index, by);
      // Somebody may wait for just these, and this target next for them.
      if (blocked.length > 0) this.#wake(run);
      const first = ready.length > 0 ? this.#active.get(this.#placeOf(run)) : waitsFor;
      if (first !== undefined && first !== null) {
        this.#park(run, first);
        return;
      }
      if (ready.length > 0) await this.#runAlone(run);
    }
    this.#release(run);
  }

  async #runAlone(run: TargetRun): Promise<void> {
    const place = this.#placeOf(run);
    this.#active.set(place, run);
    const options = { ...this.#context.options, stop: this.#stopOf(run) };
    await new TargetRunner(run, this.#board, { ...this.#context, options }).advance();
    this.#active.delete(place);
  }

  #stopOf({ target }: TargetRun): AbortSignal {
    return this.#units?.stopOf(target) ?? this.#context.options.stop;
  }

  /** The stores of a tenant come one after the other: what fails early leaves less to be undone. */
  #placeOf({ target }: TargetRun): string {
    if (this.#units !== null) return target.schema;
    return `${this.#context.stores.get(target.connection)?.address ?? ''} ${target.schema}`;
  }

  #park(run: TargetRun, behind: TargetRun): void {
    const parked = this.#parked.get(behind);
    if (parked === undefined) this.#parked.set(behind, [run]);
    else parked.push(run);
  }

  /** Queues whoever waited for this target, and the target itself if it has more to do. */
  #release(run: TargetRun): void {
    this.#wake(run);
    if (run.isOpen) this.#ready.push(run);
    else this.#context.emit({ type: 'target.finished', target: run.target, failed: run.hasFailed() });
  }

  #wake(run: TargetRun): void {
    for (const waiting of this.#parked.get(run) ?? []) this.#ready.push(waiting);
    this.#parked.delete(run);
  }

  #endUnstarted(run: TargetRun, stop: AbortSignal): void {
    const error = notBegunError(run.target, stop);
    for (const index of run.open()) this.#end(run, index, error);
  }

  #end(run: TargetRun, index: number, reason: StepEnd['reason']): void {
    const result = run.end(index, { outcome: 'not_started', durationMs: 0, attempts: 0, reason });
    this.#context.emit({ type: 'step.finished', result });
  }
}

/** Too many failed targets stop the run as a person's stop would. */
function withFailuresMax(context: RunContext): RunContext {
  const { options, emit } = context;
  const failed = new Set<string>();
  const enough = new AbortController();
  const stop = AbortSignal.any([options.stop, options.cancel, enough.signal]);
  return {
    ...context,
    options: { ...options, stop },
    emit: (event) => {
      emit(event);
      if (event.type !== 'step.finished' || !isFailure(event.result)) return;
      failed.add(targetKey(event.result.target));
      if (failed.size === options.failuresMax) enough.abort();
    },
  };
}

function notingFailures(units: Units, emit: RunContext['emit']): RunContext['emit'] {
  return (event) => {
    emit(event);
    if (event.type === 'step.finished' && isFailure(event.result)) units.noteFailure(event.result);
  };
}
