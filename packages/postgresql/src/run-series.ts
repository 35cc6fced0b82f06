import type { MigrationId } from '@bfm/core';
import {
  needsOwnSession,
  type LockedEntry,
  type SeriesFailure,
  type SeriesObserver,
  type SeriesResult,
  type StepSeries,
} from '@bfm/engine';
import { applySeries } from './apply-series.ts';
import type { SeriesContext } from './series-context.ts';
import { Pipeline } from './pipeline.ts';
import type { ResumableTools } from './resumable/resumable-context.ts';
import { halfDoneFailure } from './resumable/half-done.ts';
import { ResumableStep } from './resumable/resumable-step.ts';
import { toSeriesParts, type SeriesPart } from './series-parts.ts';
import { SESSION_RESET } from './session-reset.ts';

/** What series are run with. */
export interface SeriesAround {
  readonly context: SeriesContext;
  /** The ledger as it was when the target was taken. */
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  readonly tools: ResumableTools;
  /** Lends a session of our own past the pooler; `null` where there is no pooler. */
  readonly direct: (() => Promise<DirectSession>) | null;
}

/** A session past a pooler, to be given back by disposing it. */
export interface DirectSession extends AsyncDisposable {
  readonly context: SeriesContext;
  readonly tools: ResumableTools;
}

/** Runs a series part by part: neighbours in transactions together, the others one by one. */
export async function runSeries(
  series: StepSeries,
  observer: SeriesObserver,
  around: SeriesAround,
): Promise<SeriesResult> {
  const { context, entries } = around;
  let committed = 0;
  for (const part of toSeriesParts(series.steps)) {
    if (series.stop.aborted) break;
    const halfDone = halfDoneFailure(part, { entries, target: context.target });
    if (halfDone !== null) return { committed, failure: halfDone };
    if (part.from > 0) await resetSession(context);
    const createSchema = committed === 0 ? series.createSchema : null;
    const result =
      part.kind === 'transactions'
        ? await applySeries({ ...series, steps: part.steps, createSchema }, at(part.from, observer), context)
        : await runResumable(part, { ...series, createSchema }, { observer, ...around });
    committed += result.committed;
    const { failure } = result;
    if (failure !== null) return { committed, failure: { ...failure, index: failure.index + part.from } };
    if (part.kind === 'transactions' && result.committed < part.steps.length) break;
  }
  return { committed, failure: null };
}

/** What is lent is given back as it came, transaction by transaction. */
async function resetSession({ client, session }: SeriesContext): Promise<void> {
  if (session === 'own') await client.query(SESSION_RESET);
}

type ResumablePart = Extract<SeriesPart, { kind: 'resumable' }>;

/** Statements outside of transactions need a session of their own, past the pooler if there is one. */
async function runResumable(
  part: ResumablePart,
  series: StepSeries,
  around: SeriesAround & { readonly observer: SeriesObserver },
): Promise<SeriesResult> {
  if (around.direct === null || !needsOwnSession(part.step)) {
    return runResumableOn(part, series, around);
  }
  await using direct = await around.direct();
  return await runResumableOn(part, series, { ...around, ...direct });
}

async function runResumableOn(
  part: ResumablePart,
  series: StepSeries,
  around: Pick<SeriesAround, 'context' | 'tools'> & { readonly observer: SeriesObserver },
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
    stepSent: (index) => {
      observer.stepSent(index + from);
    },
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
