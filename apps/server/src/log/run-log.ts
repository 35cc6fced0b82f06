import type { BfmError, EngineEvent, StepRef, StepResult, Target } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import type { RunObserver } from '@bfm/service';
import type { Logger } from 'pino';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Tells the log of runs in this process, each line with the run and the request it came of. Of an error it tells the code and the
 * place: its message may hold what stands in a migration, and is kept with the run, for those who may read that.
 */
export class RunLog implements RunObserver {
  readonly #log: Logger;
  readonly #runs = new Map<string, Logger>();

  constructor(log: Logger) {
    this.#log = log;
  }

  readonly taken: RunObserver['taken'] = (run) => {
    const { id, fence, direction, method, context } = run;
    const log = this.#log.child({ run: id, requestId: context['request_id'] ?? null });
    this.#runs.set(id, log);
    log.info({ attempt: Number(fence), direction, method }, 'run taken');
  };

  readonly ended: RunObserver['ended'] = (run, { status, summary, error }) => {
    const isBad = status === 'failed' || status === 'needs_attention';
    const code = error?.['code'] ?? null;
    this.#of(run)[isBad ? 'warn' : 'info']({ status, summary, code }, 'run ended');
  };

  readonly left: RunObserver['left'] = (run, how) => {
    const log = this.#of(run);
    this.#runs.delete(run.id);
    if (how === 'given_back') log.info('run given back');
    else if (how === 'lost') log.warn('run lost to another worker');
    else if (how === 'broken') log.error('run could not be gone on with');
  };

  /** Hears what the engine tells of a run. */
  note(runId: string, event: EngineEvent): void {
    const log = this.#runs.get(runId);
    if (log === undefined) return;
    if (event.type.startsWith('target.')) noteTarget(event, log);
    else noteStep(event, log);
  }

  #of({ id }: StoredRun): Logger {
    return this.#runs.get(id) ?? this.#log.child({ run: id });
  }
}

function noteTarget(event: EngineEvent, log: Logger): void {
  switch (event.type) {
    case 'target.waiting':
      log.info({ ...ofTarget(event.target), holder: event.holder.name }, 'target is held by somebody else');
      break;
    case 'target.started':
      log.debug({ ...ofTarget(event.target), fence: event.fencingToken }, 'target taken');
      break;
    case 'target.lost':
      log.warn({ ...ofTarget(event.target), ...ofError(event.error) }, 'target lost');
      break;
    case 'target.finished':
      log.debug({ ...ofTarget(event.target), failed: event.failed }, 'target ended');
      break;
    default:
  }
}

function noteStep(event: EngineEvent, log: Logger): void {
  switch (event.type) {
    case 'step.started':
      log.debug({ ...ofStep(event.step), attempt: event.attempt }, 'migration begun');
      break;
    case 'step.retrying':
      log.info(
        { ...ofStep(event.step), ...ofError(event.error), delayMs: event.delayMs },
        'migration is tried again',
      );
      break;
    case 'step.finished':
      noteEnd(event.result, log);
      break;
    default:
  }
}

function noteEnd(result: StepResult, log: Logger): void {
  const { outcome, attempts, durationMs, error } = result;
  const isBad = outcome === 'failed' || outcome === 'needs_attention';
  const isDone = outcome === 'applied' || outcome === 'rolled_back';
  const fields = {
    ...ofStep(result),
    outcome,
    attempts,
    durationMs: Math.round(durationMs),
    ...ofError(error),
  };
  log[isBad ? 'warn' : isDone ? 'info' : 'debug'](fields, 'migration ended');
}

function ofTarget({ connection, schema }: Target): Fields {
  return { target: `${connection}/${schema}` };
}

function ofStep({ target, migrationId, direction }: StepRef | StepResult): Fields {
  return { ...ofTarget(target), migration: migrationId, direction };
}

function ofError(error: BfmError | null): Fields {
  if (error === null) return {};
  const { file, line, statement } = error.details.where ?? {};
  return { code: error.code, ...(file === undefined ? {} : { file, line, statement }) };
}
