import type { EngineEvent, StepResult } from '@bfm/core';
import type { EventSink, NewRunEvent, ProjectedMigration, StateNotes, StoredStep } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import type { DatabaseTime } from './database-time.ts';
import type { HeldRun } from './held-run.ts';
import type { PlacedStep, PlanPlaces } from './plan-places.ts';
import type { StepBook } from './step-book.ts';
import { isDetail, toStoredEvent } from './stored-event.ts';
import { toProjected, toStoredStep } from './stored-step.ts';

/** What progress is recorded with. */
export interface Recording {
  readonly held: HeldRun;
  /** Of the plan that was asked for: positions are its own, whatever was planned since. */
  readonly places: PlanPlaces;
  readonly book: StepBook;
  readonly time: DatabaseTime;
}

/** How long progress may wait to be written, in milliseconds, and how much of it goes at once. */
const PAUSE_MS = 100;
const EAGER_AT = 100;
const EVENTS_AT_ONCE = 1_000;
/** Events kept while the state is away or slow, and told of one taking of a run; more is left out. */
const WAITING_MAX = 10_000;
const TOLD_MAX = 200_000;

/**
 * Writes what an engine tells of a run into the state, in batches and under the run's fence. It never holds the engine up:
 * when the state is slow, details of events are left out, never steps.
 */
export class RunRecorder {
  /** Steps that the engine found done: by whom, the ledger knows. */
  readonly skipped: PlacedStep[] = [];
  readonly #recording: Recording;
  readonly #control: ControlContext;
  readonly #broken = new AbortController();
  #events: NewRunEvent[] = [];
  #steps = new Map<number, StoredStep>();
  #projected = new Map<string, ProjectedMigration>();
  #told = 0;
  #leftOut = 0;
  #flushing = 0;
  #eager = new AbortController();
  #work: Promise<void> | null = null;
  /** Of the run's events; `null`: not asked for yet. */
  #lastSeq: number | null = null;

  constructor(recording: Recording, control: ControlContext) {
    this.#recording = recording;
    this.#control = control;
  }

  /** Aborted when something could not be written for good: the run is held no more, or a bug. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  readonly emit: EventSink = (event) => {
    if (event.type === 'step.finished' || event.type === 'step.undone') this.#recordStep(event.result);
    this.tell(event);
  };

  /** Tells followers of something. */
  tell(event: EngineEvent | NewRunEvent): void {
    const stored = 'body' in event ? event : toStoredEvent(event);
    if (stored === null || this.#broken.signal.aborted) return;
    if (isDetail(stored) && (this.#events.length >= WAITING_MAX || this.#told >= TOLD_MAX)) {
      this.#leftOut += 1;
      return;
    }
    this.#told += 1;
    this.#events.push(stored);
    this.#begin();
  }

  /** Records steps and what they say of ledgers. */
  record(steps: readonly StoredStep[], projected: readonly ProjectedMigration[] = []): void {
    for (const step of steps) {
      this.#recording.book.set(step.position, step.outcome);
      this.#steps.set(step.position, step);
    }
    for (const entry of projected) {
      this.#projected.set(`${entry.connection}/${entry.schema}/${entry.migrationId}`, entry);
    }
    this.#begin();
  }

  /** Waits until all of it is written. @throws {run.fence_lost} and whatever else kept it from being written */
  async flush(): Promise<void> {
    this.#flushing += 1;
    while (this.#work !== null) {
      this.#eager.abort();
      await this.#work;
    }
    this.#flushing -= 1;
    if (this.#broken.signal.aborted) throw this.#broken.signal.reason;
  }

  /** What was only stopped is none of the ends that count, unless the run ends with it. */
  #recordStep(result: StepResult): void {
    const { target, migrationId, outcome, error } = result;
    if (outcome === 'not_started' || error?.code === 'run.cancelled') return;
    const { places, held, time } = this.#recording;
    const position = places.positionOf(target, migrationId);
    const place = places.placeOf(target);
    const step = place && places.stepOf(place, migrationId);
    if (position === null || step === undefined) return;
    if (outcome === 'skipped') this.skipped.push({ position, target, step });
    const projected = toProjected(result, step, { runId: held.run.id, at: time.now() });
    this.record([toStoredStep(result, position)], projected === null ? [] : [projected]);
  }

  #begin(): void {
    if (this.#isUrgent()) this.#eager.abort();
    // One that had nothing to do would be over before it could be remembered.
    if (this.#isPending()) this.#work ??= this.#drain();
  }

  /** Never rejects: what went wrong is in `broken`. */
  async #drain(): Promise<void> {
    const { held } = this.#recording;
    try {
      while (this.#isPending()) {
        this.#eager = new AbortController();
        const signal = AbortSignal.any([this.#eager.signal, held.lost]);
        if (!this.#isUrgent()) await this.#control.clock.sleep(PAUSE_MS, signal);
        const after = (this.#lastSeq ??= await held.persist(() => this.#readLastSeq()));
        const batch = this.#cut(after);
        this.#lastSeq = await held.persist(() => this.#control.state.note(batch));
        await this.#control.failpoints.reach('run.noted');
        this.#control.changes.tell(held.run.id);
      }
    } catch (error) {
      this.#broken.abort(error);
      this.#events = [];
      this.#steps.clear();
      this.#projected.clear();
    }
    this.#work = null;
  }

  #isPending(): boolean {
    return this.#events.length + this.#steps.size + this.#projected.size > 0;
  }

  #isUrgent(): boolean {
    return this.#flushing > 0 || this.#events.length + this.#steps.size >= EAGER_AT;
  }

  #readLastSeq(): Promise<number> {
    return this.#control.state.read(({ events }) => events.last(this.#recording.held.run.id));
  }

  /** Takes what is to be written next, in one transaction that may be repeated, also when it was kept and its answer lost. */
  #cut(after: number): (state: StateNotes) => Promise<number> {
    const { hold } = this.#recording.held;
    const events = this.#events.splice(0, EVENTS_AT_ONCE);
    if (this.#leftOut > 0) events.push({ type: 'run.events_left_out', body: { count: this.#leftOut } });
    this.#leftOut = 0;
    const steps = [...this.#steps.values()];
    const projected = [...this.#projected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    this.#steps.clear();
    this.#projected.clear();
    return async (state) => {
      if (steps.length > 0) await state.steps.record(hold, steps);
      const last = events.length > 0 ? await state.events.append(hold, events, after) : after;
      if (projected.length > 0) await state.projection.put(projected);
      return last;
    };
  }
}
