import type { Direction, RunResult } from '@bfm/core';
import { causeView, nextLine, type FileFinder } from './error-view.ts';
import { escapeLine } from './escape.ts';
import { wrap } from './fit.ts';
import type { Look } from './look.ts';
import { toRunEnds, type RunEnds } from './run-ends.ts';
import { count, formatDuration, formatNumber, someNames } from './wording.ts';

/** What a summary tells of. */
export interface SummaryInput {
  readonly result: RunResult;
  readonly direction: Direction;
  readonly durationMs: number;
  /** The command that goes on where this run ended. */
  readonly again: string;
}

const CAUSES_MAX = 10;

/** How a run ended: one line, then every cause of a failure once, then what to do. */
export function runSummaryView(input: SummaryInput, files: FileFinder, look: Look): readonly string[] {
  const ends = toRunEnds(input.result);
  const lines = [...headline(input, ends, look)];
  for (const cause of ends.causes.slice(0, CAUSES_MAX)) lines.push('', ...causeView(cause, files, look));
  if (ends.causes.length > CAUSES_MAX) {
    lines.push(
      '',
      `... and ${count(ends.causes.length - CAUSES_MAX, 'more cause')}; --json lists every step`,
    );
  }
  const rest = leftovers(ends, look);
  if (rest.length > 0) lines.push(...(ends.causes.length > 0 ? [''] : []), ...rest);
  const isStopped = ends.causes.length === 0 && ends.notStarted + ends.cancelled.length > 0;
  return isStopped ? [...lines, nextLine(input.again, look)] : lines;
}

/** What has become of the run, in a sentence or two. */
function headline(input: SummaryInput, ends: RunEnds, { paint, symbols, width }: Look): readonly string[] {
  const { sign, colour, text } = outcomeOf(input, ends);
  const [first = '', ...rest] = wrap(`${symbols[sign]} ${text}`, width);
  return [first.replace(symbols[sign], paint[colour]), ...rest];
}

interface Outcome {
  readonly sign: 'tick' | 'skip' | 'cross';
  readonly colour: 'good' | 'warn' | 'bad';
  readonly text: string;
}

function outcomeOf({ result, direction, durationMs }: SummaryInput, ends: RunEnds): Outcome {
  const { stepCount, summary } = result;
  const verb = direction === 'up' ? 'Applied' : 'Rolled back';
  const on = ends.done === 0 ? '' : ` on ${count(ends.doneTargets, 'target')}`;
  const took = `${on} in ${formatDuration(durationMs)}`;
  const skipped =
    summary.skipped === 0 ? '' : ` ${formatNumber(summary.skipped)} had been done by another run.`;
  if (result.status === 'succeeded') {
    return {
      sign: 'tick',
      colour: 'good',
      text: `${verb} ${count(ends.done, 'migration')}${took}.${skipped}`,
    };
  }
  const part = `${verb} ${formatNumber(ends.done)} of ${count(stepCount, 'migration')}${took}`;
  if (ends.causes.length === 0) {
    const word = ends.cancelled.length > 0 ? 'Cancelled' : 'Stopped';
    return { sign: 'skip', colour: 'warn', text: `${word}. ${part}.${skipped}` };
  }
  const undone = ends.undone === 0 ? '' : `, ${formatNumber(ends.undone)} taken back`;
  return { sign: 'cross', colour: 'bad', text: `${part}${undone}; ${brokenTargets(ends)}.${skipped}` };
}

/** What is wrong with how many targets. */
function brokenTargets({ failedTargets, heldTargets, holders, leftTargets }: RunEnds): string {
  const [holder, ...others] = holders;
  const whom = holder === undefined || others.length > 0 ? 'others' : escapeLine(holder);
  const parts = [
    [failedTargets, `${count(failedTargets, 'target')} failed`],
    [heldTargets, `${count(heldTargets, 'target is', 'targets are')} held by ${whom}`],
    [leftTargets, `${count(leftTargets, 'target')} could not be begun`],
  ] as const;
  return parts.flatMap(([number, text]) => (number === 0 ? [] : [text])).join(', ');
}

function leftovers({ cancelled, notStarted, blocked, stopped }: RunEnds, look: Look): readonly string[] {
  const { paint, symbols, width } = look;
  const lines: string[] = [];
  // Outside of one transaction part of a migration may stay; its error says which.
  for (const [isPartly, steps] of Map.groupBy(
    cancelled,
    ({ error }) => error?.details['left'] !== undefined,
  )) {
    const places = steps.map(({ target }) => `${target.connection}/${target.schema}`);
    const state = isPartly
      ? 'stopped on the way, to be gone on with by the next run'
      : 'cancelled while running, nothing of it left behind';
    const head = `${symbols.skip} ${formatNumber(steps.length)} ${state}: `;
    lines.push(`${head}${someNames(places, width - head.length)}`);
  }
  if (notStarted > 0) {
    const why = [
      { number: blocked, text: 'behind a failed one' },
      { number: stopped, text: 'because the run was stopped' },
    ].filter(({ number }) => number > 0);
    const told = why.map(({ number, text }) =>
      number === notStarted ? text : `${formatNumber(number)} ${text}`,
    );
    const reasons = told.length === 0 ? '' : `${told.length === 1 ? '' : ':'} ${told.join(', ')}`;
    lines.push(`${symbols.skip} ${formatNumber(notStarted)} not started${reasons}`);
  }
  return lines.map((line) => paint.dim(line));
}
