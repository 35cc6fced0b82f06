import type { Plan } from '@bfm/core';
import { planTotals } from '../output/plan-totals.ts';
import type { Terminal } from '../output/terminal.ts';
import { createEchoDisplay } from './echo-display.ts';
import { createProgressDisplay } from './progress-display.ts';
import type { RunDisplay } from './run-display.ts';

/** So many targets can still be followed statement by statement. */
const ECHO_TARGETS_MAX = 3;

const SILENT: RunDisplay = { handle: () => undefined, say: () => undefined, end: () => undefined };

/** The display that fits a run: an echo for few targets, progress for many, nothing where nobody reads. */
export async function createDisplay({
  plan,
  terminal,
  nowMs,
}: {
  readonly plan: Plan;
  readonly terminal: Terminal;
  readonly nowMs: () => number;
}): Promise<RunDisplay> {
  const screen = terminal.people;
  if (terminal.quiet || (terminal.json && !screen.isTty)) return SILENT;
  const options = { plan, screen, nowMs };
  const isFew = planTotals(plan).targets <= ECHO_TARGETS_MAX;
  return isFew && !terminal.json ? createEchoDisplay(options) : createProgressDisplay(options);
}
