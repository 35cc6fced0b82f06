import { targetKey } from '@bfm/core';
import { headOf, STATEMENT_INDENT, type EchoedStep, type EchoStyle } from './echo-view.ts';
import { squeeze } from './escape.ts';
import { cutEnd, displayWidth, padEnd, padStart } from './fit.ts';
import { describeProgress } from './statement-progress-view.ts';
import { count, formatDuration } from './wording.ts';

const TIME_WIDTH = 12;
/** More would push each other off a small screen. */
const STEPS_MAX = 5;

/** What is running, with the statement it is at and how long that has taken: for the bottom of a terminal, or a log. */
export function runningView(
  steps: readonly EchoedStep[],
  nowMs: number,
  style: EchoStyle,
): readonly string[] {
  const atWork = steps.filter(isAtWork);
  const lines = atWork.slice(0, STEPS_MAX).flatMap((step) => runningStepView(step, nowMs, style));
  const more = atWork.length - STEPS_MAX;
  if (more > 0) lines.push(style.look.paint.dim(`  and ${more} more`));
  const working = new Set(atWork.map(({ target }) => targetKey(target)));
  const done = steps.filter((step) => !isAtWork(step));
  const behind = done.filter(({ target }) => working.has(targetKey(target))).length;
  const { dim } = style.look.paint;
  // Their commit goes out with what runs now, or is known to have reached the disk only after it.
  if (behind > 0) lines.push(dim(`  ${count(behind, 'migration')} before it done, to be confirmed with it`));
  const committing = done.length - behind;
  if (committing > 0) lines.push(dim(`  ${count(committing, 'migration')} done and being committed`));
  return lines;
}

/** One that has answered all its statements only waits for its commit, which goes out with the next one's statements. */
function isAtWork({ planned, at, progress }: EchoedStep): boolean {
  return at < planned || progress !== null;
}

/** A step at work: its name and time, its statement and time, and how far that has come when it is known. */
export function runningStepView(step: EchoedStep, nowMs: number, style: EchoStyle): readonly string[] {
  const { look } = style;
  const number = Math.min(step.at + 1, step.planned);
  const at = step.planned > 1 ? `  ${look.paint.dim(`statement ${number} of ${step.planned}`)}` : '';
  const head = headOf(step, style, displayWidth(at) + TIME_WIDTH + 2);
  const line = `${look.paint.warn(look.symbols.wait)} ${head.text}${at}`;
  return [
    `${padEnd(line, style.width - TIME_WIDTH)}${timeOf(nowMs - step.startedMs)}`,
    ...statementLine(step, nowMs, style),
    ...progressLine(step, style),
  ];
}

function statementLine(
  step: EchoedStep,
  nowMs: number,
  { names, width, look }: EchoStyle,
): readonly string[] {
  const statement = names.get(step.migrationId)?.statements[step.at];
  if (statement === undefined) return [];
  const room = width - STATEMENT_INDENT - TIME_WIDTH;
  const text = padEnd(cutEnd(squeeze(statement.text), room, look.symbols.ellipsis), room);
  const time = step.planned > 1 ? timeOf(nowMs - step.statementMs) : '';
  return [`${' '.repeat(STATEMENT_INDENT)}${text}${look.paint.dim(time)}`.trimEnd()];
}

function progressLine({ progress }: EchoedStep, { look, width }: EchoStyle): readonly string[] {
  if (progress === null) return [];
  const text = cutEnd(describeProgress(progress), width - STATEMENT_INDENT, look.symbols.ellipsis);
  return [`${' '.repeat(STATEMENT_INDENT)}${look.paint.dim(text)}`];
}

function timeOf(ms: number): string {
  return padStart(formatDuration(ms), TIME_WIDTH);
}
