import type { EchoedStep } from '../output/echo-view.ts';

/** What is done sooner is told of when it is done. */
const FIRST_MS = 10_000;
const AGAIN_MS = 30_000;

interface Told {
  readonly atMs: number;
  readonly phase: string | null;
}

/**
 * Says when a log, in which nothing is redrawn, is told of a step that goes on: at once when something new is known of its
 * statement, such as whom it waits for, else after ten seconds, and then every thirty.
 */
export class LogPace {
  readonly #told = new WeakMap<EchoedStep, Told>();

  /** True when the step is to be told of now; it then counts as told. */
  isDue(step: EchoedStep, nowMs: number): boolean {
    const told = this.#told.get(step);
    const phase = step.progress === null ? null : phaseOf(step.progress.phase, step.progress.waitingFor);
    const isNew = phase !== null && phase !== told?.phase;
    const dueMs = told === undefined ? step.startedMs + FIRST_MS : told.atMs + AGAIN_MS;
    if (!isNew && nowMs < dueMs) return false;
    this.#told.set(step, { atMs: nowMs, phase });
    return true;
  }
}

/** Counters make no new phase. */
function phaseOf(phase: string, waitingFor: string | null): string {
  return `${phase.replace(/\d+/g, '#')} ${waitingFor ?? ''}`;
}
