import { displayWidth } from './fit.ts';
import type { Look } from './look.ts';
import { stepsDone, type ProgressState } from './progress-state.ts';
import { formatDuration } from './wording.ts';

const BAR_MAX = 40;
/** An estimate from fewer steps than these would only jump about. */
const STEPS_FOR_ESTIMATE = 10;

/** Two lines for the bottom of a terminal: a bar with targets done, and counts with rate and time left. */
export function progressView(state: ProgressState, elapsedMs: number, look: Look): readonly string[] {
  const { symbols, paint, width } = look;
  const share = state.targets === 0 ? 0 : state.targetsDone / state.targets;
  const label = ` ${state.targetsDone}/${state.targets} targets  ${Math.floor(share * 100)} %`;
  const bar = Math.max(10, Math.min(BAR_MAX, width - displayWidth(label) - 1));
  const full = Math.round(share * bar);
  return [
    `${paint.good(symbols.full.repeat(full))}${paint.dim(symbols.empty.repeat(bar - full))}${label}`,
    countsView(state, elapsedMs, look),
  ];
}

/** One line: what has become of the steps so far, how fast, and how long it will take. */
function countsView(state: ProgressState, elapsedMs: number, { paint, symbols }: Look): string {
  const { outcomes, waiting, retries } = state;
  const done = (outcomes.applied ?? 0) + (outcomes.rolled_back ?? 0);
  const failed = (outcomes.failed ?? 0) + (outcomes.needs_attention ?? 0);
  const parts = [
    `${outcomes.rolled_back === undefined ? 'applied' : 'rolled back'} ${done}`,
    `skipped ${outcomes.skipped ?? 0}`,
    failed === 0 ? 'failed 0' : paint.bad(`failed ${failed}`),
    `waiting ${waiting.size}`,
    ...(outcomes.not_started === undefined ? [] : [`not started ${outcomes.not_started}`]),
    ...(retries === 0 ? [] : [`retries ${retries}`]),
    ...paceOf(state, elapsedMs),
  ];
  return parts.join(` ${paint.dim(symbols.dot)} `);
}

/** One line for a log: how far, and the counts. */
export function progressLine(state: ProgressState, elapsedMs: number, look: Look): string {
  return `${state.targetsDone}/${state.targets} targets ${look.symbols.dot} ${countsView(state, elapsedMs, look)}`;
}

function paceOf(state: ProgressState, elapsedMs: number): readonly string[] {
  const done = stepsDone(state);
  if (done < STEPS_FOR_ESTIMATE || elapsedMs <= 0) return [];
  const perMs = done / elapsedMs;
  const rate = `${(perMs * 1000).toFixed(perMs * 1000 < 10 ? 1 : 0)}/s`;
  const left = state.steps - done;
  return left <= 0 ? [rate] : [rate, `${formatDuration(left / perMs)} left`];
}
