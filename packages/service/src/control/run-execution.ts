import { BfmError, isBfmError, type Plan, type PlanRequest, type RunResult } from '@bfm/core';
import { applyPlan, type ApplyOptions } from '../apply-plan.ts';
import { planMigrations } from '../plan-migrations.ts';
import type { ServiceContext } from '../service-context.ts';
import { eachGone, findStrange } from './compare-plans.ts';
import type { ControlContext } from './control-context.ts';
import { DatabaseTime } from './database-time.ts';
import type { Execution } from './execution.ts';
import type { RunEnding } from './run-ending.ts';
import type { HeldRun } from './held-run.ts';
import { lookUpSteps } from './look-up-steps.ts';
import { PlanPlaces } from './plan-places.ts';
import { eachRecorded, isDone } from './recorded-steps.ts';
import { RunClosing } from './run-closing.ts';
import { RunRecorder } from './run-recorder.ts';
import { requestOf } from './run-request.ts';
import type { RunDefaults, RunOrderOptions } from './run-order.ts';
import { StepBook } from './step-book.ts';
import { storedPlan } from './stored-plan.ts';
import { isTakingBack, takeBack } from './take-back.ts';

/** One taking of a run, from its first look at the ledgers to its end. */
export class RunExecution {
  readonly #held: HeldRun;
  readonly #execution: Execution;
  readonly #control: ControlContext;
  readonly #places: PlanPlaces;
  readonly #book: StepBook;
  readonly #recorder: RunRecorder;
  readonly #closing: RunClosing;

  constructor(held: HeldRun, execution: Execution, control: ControlContext) {
    this.#held = held;
    this.#execution = execution;
    this.#control = control;
    this.#places = new PlanPlaces(storedPlan(held.run));
    this.#book = new StepBook(this.#places.stepCount);
    const time = new DatabaseTime(Date.parse(held.run.leaseUntil ?? '') - execution.leaseMs, control.clock);
    const recording = { held, places: this.#places, book: this.#book, time };
    this.#recorder = new RunRecorder(recording, control);
    this.#closing = new RunClosing({ ...recording, recorder: this.#recorder, execution }, control);
  }

  /** @throws {run.fence_lost} */
  async run(): Promise<RunEnding> {
    const { run } = this.#held;
    await this.#held.persist(() => this.#readBook());
    if (await this.#held.persist(() => this.#isLostTooOften())) {
      return this.#closing.giveUp(this.#serviceContext());
    }
    for (let round = 0; ; round += 1) {
      const end = await this.#round(requestOf(run, run.fence === '1' && round === 0));
      if (end !== null) return end;
      // Once the state is back, what was not begun is begun; a lost run ends here.
      await this.#held.back();
    }
  }

  async #readBook(): Promise<void> {
    for await (const { position, outcome } of eachRecorded(this.#held.run.id, this.#control)) {
      this.#book.set(position, outcome);
    }
  }

  /** A worker that got something done before it was lost was not killed by the run. */
  async #isLostTooOften(): Promise<boolean> {
    const { fence, id } = this.#held.run;
    if (fence === '1') return false;
    const attempts = await this.#control.state.read(({ steps }) => steps.attempts(id));
    const last = attempts.slice(0, -1).findLastIndex(({ end, hasDone }) => end !== 'lost' || hasDone);
    return attempts.length - 2 - last >= this.#execution.lossesMax;
  }

  /** @returns `null`: the state went away, and nothing new was begun since */
  async #round(request: PlanRequest): Promise<RunEnding | null> {
    const { away, cancelRequested } = this.#held;
    if (this.#isAskedToStop()) return this.#closing.giveBack();
    const context = this.#serviceContext();
    const options = this.#applyOptions();
    const result = isTakingBack(this.#book, this.#places)
      ? null
      : await this.#goForward(request, options, context);
    if (isBfmError(result)) return this.#closing.finish({ result: null, refusal: result }, context);
    await this.#recorder.flush();
    const isCut = (result !== null && wasCut(result)) || (await this.#takeBack(result, options, context));
    if (isCut && !cancelRequested.aborted) {
      if (this.#isAskedToStop()) return this.#closing.giveBack();
      if (away.aborted) return null;
    }
    return this.#closing.finish({ result, refusal: null }, context);
  }

  /** @returns whether there may be more to take back */
  async #takeBack(
    result: RunResult | null,
    options: ApplyOptions,
    context: ServiceContext,
  ): Promise<boolean> {
    if (options.onFailure === 'keep') return false;
    await takeBack({ places: this.#places, book: this.#book, result, options }, context);
    await this.#recorder.flush();
    return options.stop.aborted;
  }

  async #goForward(
    request: PlanRequest,
    options: ApplyOptions,
    context: ServiceContext,
  ): Promise<RunResult | BfmError | null> {
    const prepared = await this.#prepare(request, context);
    return isBfmError(prepared) ? prepared : this.#apply(prepared, options, context);
  }

  #applyOptions(): ApplyOptions {
    const { run, lost, away, cancelRequested, pauseRequested } = this.#held;
    const { stop, cancel } = this.#execution;
    const options: RunDefaults = { ...this.#control.runDefaults, ...(run.options as RunOrderOptions) };
    return {
      ...options,
      stop: AbortSignal.any([stop, away, pauseRequested]),
      cancel: AbortSignal.any([cancel, lost, cancelRequested, this.#recorder.broken]),
    };
  }

  #isAskedToStop(): boolean {
    const { stop, cancel } = this.#execution;
    const { cancelRequested, pauseRequested } = this.#held;
    return (stop.aborted || cancel.aborted || pauseRequested.aborted) && !cancelRequested.aborted;
  }

  #serviceContext(): ServiceContext {
    const { actor, id } = this.#held.run;
    return this.#control.serviceFor({ actor, runId: id, emit: this.#recorder.emit });
  }

  /** Plans anew, and records what was done meanwhile. @returns what stands against going on, if anything does */
  async #prepare(request: PlanRequest, context: ServiceContext): Promise<Plan | BfmError> {
    try {
      const plan = await planMigrations(request, context);
      const now = new PlanPlaces(plan);
      const strange = findStrange(this.#places, now);
      if (strange !== null) {
        const { target, step } = strange;
        return this.#stale(
          `${step.migrationId} would be run on ${target.connection}/${target.schema}, which its plan had not or had otherwise`,
        );
      }
      return (await this.#settleGone(now, context)) ?? plan;
    } catch (error) {
      if (isBfmError(error) && error.code !== 'run.fence_lost') return error;
      throw error;
    }
  }

  /** Records steps that need not be run any more. */
  async #settleGone(now: PlanPlaces, context: ServiceContext): Promise<BfmError | null> {
    const gone = eachGone(this.#places, now)
      .filter(({ position }) => !isDone({ outcome: this.#book.at(position) }))
      .toArray();
    const standings = await lookUpSteps(gone, context);
    const undone = standings.find((standing) => !standing.isDone);
    this.#closing.settle(standings.filter((standing) => standing.isDone));
    if (undone === undefined) return null;
    const { target, step } = undone.placed;
    return this.#stale(
      `${step.migrationId} on ${target.connection}/${target.schema} is not planned any more, and not done`,
    );
  }

  async #apply(
    plan: Plan,
    options: ApplyOptions,
    context: ServiceContext,
  ): Promise<RunResult | BfmError | null> {
    const { groups } = plan;
    const steps = groups.reduce((sum, group) => sum + group.targets.length * group.steps.length, 0);
    const targets = groups.reduce((sum, group) => sum + group.targets.length, 0);
    const { worker } = this.#execution;
    this.#recorder.tell({
      type: 'run.started',
      body: { attempt: Number(this.#held.hold.fence), worker, targets, steps },
    });
    if (groups.length === 0) return null;
    try {
      // What is taken back is so for all attempts, not for this one.
      return await applyPlan(plan, { ...options, onFailure: 'keep' }, context);
    } catch (error) {
      if (isBfmError(error)) return error;
      throw error;
    }
  }

  #stale(why: string): BfmError {
    const { id } = this.#held.run;
    return new BfmError('plan.stale', {
      message: `the world has changed since run ${id} was planned: ${why}; nothing more was run`,
      details: { runId: id },
      next: 'look at a new plan, and start a new run of it: bfm plan',
    });
  }
}

/** Tells whether a result is less than it would have been if nobody had asked to stop. */
function wasCut(result: RunResult): boolean {
  if (result.status === 'succeeded') return false;
  for (const { error } of result.eachStep()) if (error?.code === 'run.cancelled') return true;
  return false;
}
