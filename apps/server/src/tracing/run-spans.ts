import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import {
  targetKey,
  type BfmError,
  type EngineEvent,
  type StepRef,
  type StepResult,
  type Target,
} from '@bfm/core';
import type { RunObserver } from '@bfm/service';
import { toContext } from './span-context.ts';
import { readTraceParent } from './trace-parent.ts';

/** A run's spans that have not ended. */
interface OpenRun {
  readonly span: Span;
  readonly context: Context;
  readonly targets: Map<string, { readonly span: Span; readonly context: Context }>;
  readonly steps: Map<string, Span>;
}

/** The spans of runs in this process. Of errors they tell the codes: messages may hold what stands in migrations. */
export class RunSpans implements RunObserver {
  readonly #tracer: Tracer;
  readonly #runs = new Map<string, OpenRun>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  readonly taken: RunObserver['taken'] = ({ id, fence, direction, method, context: { traceparent } }) => {
    const attributes = {
      'bfm.run.id': id,
      'bfm.run.direction': direction,
      'bfm.run.method': method,
      'bfm.run.attempt': Number(fence),
    };
    const parent = toContext(readTraceParent(traceparent));
    const span = this.#tracer.startSpan('run', { kind: SpanKind.CONSUMER, attributes }, parent);
    const context = trace.setSpan(parent, span);
    this.#runs.set(id, { span, context, targets: new Map(), steps: new Map() });
  };

  readonly ended: RunObserver['ended'] = ({ id }, { status, error }) => {
    const span = this.#runs.get(id)?.span;
    span?.setAttribute('bfm.run.status', status);
    if (status === 'succeeded' || status === 'cancelled') return;
    span?.setStatus({ code: SpanStatusCode.ERROR });
    const code = error?.['code'];
    if (typeof code === 'string') span?.setAttribute('error.type', code);
  };

  readonly left: RunObserver['left'] = ({ id }, how) => {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    if (run === undefined) return;
    for (const span of run.steps.values()) span.end();
    for (const { span } of run.targets.values()) span.end();
    run.span.setAttribute('bfm.run.end', how);
    if (how === 'lost' || how === 'broken') run.span.setStatus({ code: SpanStatusCode.ERROR });
    run.span.end();
  };

  /** Hears what the engine tells of a run. */
  note(runId: string, event: EngineEvent): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    switch (event.type) {
      case 'target.waiting':
        this.#target(event.target, run).span.addEvent('waits for another holder');
        break;
      case 'target.started':
        this.#target(event.target, run).span.addEvent('taken', { 'bfm.fence': event.fencingToken });
        break;
      case 'target.lost':
        this.#target(event.target, run).span.addEvent('lost', toErrorType(event.error));
        break;
      case 'target.finished':
        endTarget(event, run);
        break;
      default:
        this.#noteStep(event, run);
    }
  }

  #noteStep(event: EngineEvent, run: OpenRun): void {
    switch (event.type) {
      case 'step.started':
        this.#beginStep(event, run);
        break;
      case 'step.retrying':
        run.steps.get(keyOf(event.step))?.addEvent('tried again', toErrorType(event.error));
        break;
      case 'step.finished':
        endStep(event.result, run);
        break;
      default:
    }
  }

  #target(target: Target, run: OpenRun): { readonly span: Span; readonly context: Context } {
    const key = targetKey(target);
    const known = run.targets.get(key);
    if (known !== undefined) return known;
    const { backend, connection, schema } = target;
    const attributes = { 'bfm.backend': backend, 'bfm.connection': connection, 'bfm.schema': schema };
    const span = this.#tracer.startSpan('target', { attributes }, run.context);
    const open = { span, context: trace.setSpan(run.context, span) };
    run.targets.set(key, open);
    return open;
  }

  #beginStep(
    { step, statements, attempt }: Extract<EngineEvent, { readonly type: 'step.started' }>,
    run: OpenRun,
  ): void {
    const key = keyOf(step);
    const known = run.steps.get(key);
    if (known !== undefined) {
      known.addEvent('begun again', { 'bfm.attempt': attempt });
      return;
    }
    const { target, migrationId, direction } = step;
    const attributes: Attributes = {
      'bfm.migration.id': migrationId,
      'bfm.direction': direction,
      'bfm.statements': statements,
      'bfm.connection': target.connection,
      'bfm.schema': target.schema,
      'db.system.name': target.backend,
    };
    const { context } = this.#target(target, run);
    run.steps.set(key, this.#tracer.startSpan('migration', { kind: SpanKind.CLIENT, attributes }, context));
  }
}

function endTarget(
  { target, failed }: Extract<EngineEvent, { readonly type: 'target.finished' }>,
  { targets }: OpenRun,
): void {
  const key = targetKey(target);
  const span = targets.get(key)?.span;
  targets.delete(key);
  if (failed) span?.setStatus({ code: SpanStatusCode.ERROR });
  span?.end();
}

function endStep(result: StepResult, { steps }: OpenRun): void {
  const key = keyOf(result);
  const span = steps.get(key);
  steps.delete(key);
  if (span === undefined) return;
  const { outcome, attempts, error } = result;
  span.setAttributes({ 'bfm.outcome': outcome, 'bfm.attempts': attempts, ...toErrorType(error) });
  if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: error.spec.title });
  span.end();
}

function keyOf({ target, migrationId }: StepRef | StepResult): string {
  return `${targetKey(target)}/${migrationId}`;
}

function toErrorType(error: BfmError | null): Attributes {
  return error === null ? {} : { 'error.type': error.code };
}
