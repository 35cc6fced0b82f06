import { targetKey, type Direction, type RunResult, type StepResult } from '@bfm/core';
import { causeView, nextLine, type FileFinder } from './error-view.ts';
import type { Look } from './look.ts';
import { groupByCause, toProblem, type Problem } from './problem.ts';
import { count, formatDuration } from './wording.ts';

/** What a summary tells of. */
export interface SummaryInput {
  readonly result: RunResult;
  readonly direction: Direction;
  readonly durationMs: number;
  /** The command that goes on where this run ended. */
  readonly again: string;
}

/** Codes of steps that were not started because of something that is told of elsewhere. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['step.blocked', 'run.cancelled']);
const CAUSES_MAX = 10;

/** How a run ended: one line, then every cause of a failure once, then what to do. */
export function runSummaryView(input: SummaryInput, files: FileFinder, look: Look): readonly string[] {
  const { result, again } = input;
  const causes = groupByCause(problemsOf(result.steps));
  const lines = [headline(input, look)];
  for (const cause of causes.slice(0, CAUSES_MAX)) lines.push('', ...causeView(cause, files, look));
  if (causes.length > CAUSES_MAX) {
    lines.push('', `... and ${count(causes.length - CAUSES_MAX, 'more cause')}; --json lists every step`);
  }
  const { not_started: notStarted } = result.summary;
  if (notStarted > 0) lines.push('', notStartedLine(result.steps, look));
  if (result.status === 'cancelled') lines.push(nextLine(`${again} to go on`, look));
  return lines;
}

/** A step that failed, and the first of those that one reason kept from being started, by target. */
function problemsOf(steps: readonly StepResult[]): readonly Problem[] {
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const { outcome, error, target } of steps) {
    if (error === null || outcome === 'skipped') continue;
    if (outcome === 'not_started') {
      const key = `${targetKey(target)} ${error.code}`;
      if (CONSEQUENCES.has(error.code) || told.has(key)) continue;
      told.add(key);
    }
    problems.push(toProblem(error));
  }
  return problems;
}

function headline({ result, direction, durationMs }: SummaryInput, look: Look): string {
  const { summary, steps, status } = result;
  const done = direction === 'up' ? summary.applied : summary.rolled_back;
  const verb = direction === 'up' ? 'Applied' : 'Rolled back';
  const touched = new Set(
    steps
      .filter(({ outcome }) => outcome === 'applied' || outcome === 'rolled_back')
      .map(({ target }) => targetKey(target)),
  );
  const took = formatDuration(durationMs);
  const skipped =
    summary.skipped === 0 ? '' : ` ${count(summary.skipped, 'migration')} had been done by another run.`;
  const on = touched.size === 0 ? '' : ` on ${count(touched.size, 'target')}`;
  if (status === 'succeeded') {
    return `${look.paint.good(look.symbols.tick)} ${verb} ${count(done, 'migration')}${on} in ${took}.${skipped}`;
  }
  const part = `${verb} ${done} of ${count(steps.length, 'migration')}${on} in ${took}`;
  if (status === 'cancelled') return `${look.paint.warn(look.symbols.skip)} Stopped. ${part}.${skipped}`;
  const broken = new Set(steps.filter(isBroken).map(({ target }) => targetKey(target)));
  return `${look.paint.bad(look.symbols.cross)} ${part}; ${count(broken.size, 'target')} failed.${skipped}`;
}

function isBroken({ outcome, error }: StepResult): boolean {
  if (outcome === 'failed' || outcome === 'needs_attention') return true;
  return outcome === 'not_started' && error !== null && !CONSEQUENCES.has(error.code);
}

function notStartedLine(steps: readonly StepResult[], { paint, symbols }: Look): string {
  const unstarted = steps.filter(({ outcome }) => outcome === 'not_started');
  const blocked = unstarted.filter(({ error }) => error?.code === 'step.blocked').length;
  const stopped = unstarted.filter(({ error }) => error?.code === 'run.cancelled').length;
  const why = [
    blocked === 0 ? null : `${blocked} behind a failed one`,
    stopped === 0 ? null : `${stopped} because the run was stopped`,
  ].filter((part) => part !== null);
  const reasons = why.length === 0 ? '' : `: ${why.join(', ')}`;
  return paint.dim(`${symbols.skip} ${count(unstarted.length, 'migration')} not started${reasons}`);
}
