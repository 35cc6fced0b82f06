import type { Plan } from '@bfm/core';
import { planTotals } from '../output/plan-totals.ts';
import type { Terminal } from '../output/terminal.ts';
import { count } from '../output/wording.ts';
import { createEchoDisplay } from './echo-display.ts';
import { createProgressDisplay } from './progress-display.ts';
import type { RunDisplay } from './run-display.ts';

/** So many targets can still be followed migration by migration. */
const ECHO_TARGETS_MAX = 3;
/** So many statements are listed; of more, nobody reads each. */
const STATEMENTS_LISTED_MAX = 100;

const SILENT: RunDisplay = { handle: () => undefined, say: () => undefined, end: () => undefined };

/** What a display is chosen by. */
export interface DisplayChoice {
  readonly plan: Plan;
  readonly terminal: Terminal;
  readonly nowMs: () => number;
  /** Every statement is to be listed, however many there are. */
  readonly verbose: boolean;
}

/**
 * The display that fits a run: for few targets an echo of statements, or of migrations when there are many statements;
 * progress for many targets; nothing where nobody reads.
 */
export async function createDisplay({ plan, terminal, nowMs, verbose }: DisplayChoice): Promise<RunDisplay> {
  const screen = terminal.people;
  if (terminal.quiet || (terminal.json && !screen.isTty)) return SILENT;
  const { targets, statements, steps } = planTotals(plan);
  const options = { plan, screen, nowMs };
  if (terminal.json || (targets > ECHO_TARGETS_MAX && !verbose)) return createProgressDisplay(options);
  if (verbose || statements <= STATEMENTS_LISTED_MAX) {
    return createEchoDisplay({ ...options, lists: 'statements' });
  }
  const amount = `${count(statements, 'statement')} in ${count(steps, 'migration')}`;
  screen.print([screen.look.paint.dim(`${amount}; --verbose lists them`)]);
  return createEchoDisplay({ ...options, lists: 'migrations' });
}
