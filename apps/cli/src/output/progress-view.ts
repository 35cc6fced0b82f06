import { displayWidth } from './fit.ts';
import type { Look } from './look.ts';
import { stepsDone, type ProgressState } from './progress-state.ts';
import { formatDuration, formatNumber } from './wording.ts';

const BAR_MAX = 40;
const BAR_MIN = 5;
/** An estimate from fewer steps than these would only jump about. */
const STEPS_FOR_ESTIMATE = 10;

/** Two lines for the bottom of a terminal: a bar with targets done, and counts with rate and time left. */
export function progressView(state: ProgressState, elapsedMs: number, look: Look): readonly string[] {
  const { symbols, paint, width } = look;
  const share = state.targets === 0 ? 0 : state.targetsDone / state.targets;
  const label = ` ${targetsOf(state)}  ${Math.floor(share * 100)} %`;
  const bar = Math.max(BAR_MIN, Math.min(BAR_MAX, width - displayWidth(label) - 1));
  const full = Math.round(share * bar);
  return [
    `${paint.good(symbols.full.repeat(full))}${paint.dim(symbols.empty.repeat(bar - full))}${label}`,
    countsView(state, elapsedMs, { look, width }),
  ];
}

interface Room {
  readonly look: Look;
  readonly width: number;
}

/** One line: what has become of the steps so far, how fast, and how long it will take, as far as the width goes. */
function countsView(state: ProgressState, elapsedMs: number, { look, width }: Room): string {
  const { paint, symbols } = look;
  const { outcomes, waiting, retries } = state;
  const failed = (outcomes.failed ?? 0) + (outcomes.needs_attention ?? 0);
  const done = formatNumber((outcomes.applied ?? 0) + (outcomes.rolled_back ?? 0));
  const counts = [
    `${outcomes.rolled_back === undefined ? 'applied' : 'rolled back'} ${done}`,
    failed === 0 ? 'failed 0' : paint.bad(`failed ${formatNumber(failed)}`),
    ...counted('waiting', waiting.size),
  ];
  const details = [
    ...counted('skipped', outcomes.skipped),
    ...counted('not started', outcomes.not_started),
    ...counted('retries', retries),
  ];
  const pace = [...paceOf(state, elapsedMs)];
  const join = (): string => [...counts, ...details, ...pace].join(` ${paint.dim(symbols.dot)} `);
  for (const list of [details, pace]) {
    while (list.length > 0 && displayWidth(join()) > width) list.pop();
  }
  return join();
}

/** One line for a log: how far, and the counts. */
export function progressLine(state: ProgressState, elapsedMs: number, look: Look): string {
  const head = `${targetsOf(state)} ${look.symbols.dot} `;
  return `${head}${countsView(state, elapsedMs, { look, width: look.width - displayWidth(head) })}`;
}

function targetsOf({ targetsDone, targets }: ProgressState): string {
  return `${formatNumber(targetsDone)}/${formatNumber(targets)} targets`;
}

function counted(word: string, number = 0): readonly string[] {
  return number === 0 ? [] : [`${word} ${formatNumber(number)}`];
}

function paceOf(state: ProgressState, elapsedMs: number): readonly string[] {
  const done = stepsDone(state);
  if (done < STEPS_FOR_ESTIMATE || elapsedMs <= 0) return [];
  const perMs = done / elapsedMs;
  const rate = `${(perMs * 1000).toFixed(perMs * 1000 < 10 ? 1 : 0)}/s`;
  const left = state.steps - done;
  return left <= 0 ? [rate] : [rate, `${formatDuration(left / perMs)} left`];
}
