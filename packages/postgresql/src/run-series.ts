import type { MigrationId } from '@bfm/core';
import type { LockedEntry, SeriesFailure, SeriesObserver, SeriesResult, StepSeries } from '@bfm/engine';
import { applySeries, type SeriesContext } from './apply-series.ts';
import { Pipeline } from './pipeline.ts';
import type { ResumableTools } from './resumable/resumable-context.ts';
import { halfDoneFailure } from './resumable/half-done.ts';
import { ResumableStep } from './resumable/resumable-step.ts';
import { toSeriesParts, type SeriesPart } from './series-parts.ts';
import { SESSION_RESET } from './session-reset.ts';

/** What a series runs with. */
export interface RunContext {
  readonly context: SeriesContext;
  /** The ledger as it was when the target was taken. */
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  readonly tools: ResumableTools;
}

/** Runs a series part by part: neighbours in transactions together, the others one by one. */
export async function runSeries(
  series: StepSeries,
  observer: SeriesObserver,
  { context, entries, tools }: RunContext,
): Promise<SeriesResult> {
  let committed = 0;
  for (const part of toSeriesParts(series.steps)) {
    if (series.stop.aborted) break;
    const halfDone = halfDoneFailure(part, { entries, target: context.target });
    if (halfDone !== null) return { committed, failure: halfDone };
    if (part.from > 0) await context.client.query(SESSION_RESET);
    const createSchema = committed === 0 ? series.createSchema : null;
    const result =
      part.kind === 'transactions'
        ? await applySeries({ ...series, steps: part.steps, createSchema }, at(part.from, observer), context)
        : await runResumable(part, { ...series, createSchema }, { observer, context, tools });
    committed += result.committed;
    const { failure } = result;
    if (failure !== null) return { committed, failure: { ...failure, index: failure.index + part.from } };
    if (part.kind === 'transactions' && result.committed < part.steps.length) break;
  }
  return { committed, failure: null };
}

async function runResumable(
  part: Extract<SeriesPart, { kind: 'resumable' }>,
  series: StepSeries,
  around: {
    readonly observer: SeriesObserver;
    readonly context: SeriesContext;
    readonly tools: ResumableTools;
  },
): Promise<SeriesResult> {
  const { context } = around;
  using pipeline = new Pipeline(context.client, context.nowMs);
  const createSchema = series.createSchema !== null;
  const init = { ...around, step: part.step, index: 0, series, createSchema, pipeline };
  const failure: SeriesFailure | null = await new ResumableStep({
    ...init,
    observer: at(part.from, around.observer),
  }).run();
  return { committed: failure === null ? 1 : 0, failure };
}

/** An observer of a part, whose places count from that part's first step. */
function at(from: number, observer: SeriesObserver): SeriesObserver {
  if (from === 0) return observer;
  return {
    stepStarted: (index) => {
      observer.stepStarted(index + from);
    },
    statementFinished: (index, report) => {
      observer.statementFinished(index + from, report);
    },
    statementProgress: (index, statement, progress) => {
      observer.statementProgress(index + from, statement, progress);
    },
    notice: (index, severity, message) => {
      observer.notice(index + from, severity, message);
    },
    stepCommitted: (index, durationMs) => {
      observer.stepCommitted(index + from, durationMs);
    },
  };
}
