import {
  addDownBounds,
  addMigrationSelectors,
  addPlanSettings,
  addTargetSelectors,
  DOWN_TO,
  UP_TO,
} from '../options/option-groups.ts';
import type { PlanCommandOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm plan`. */
export const PLAN: LeafSpec = {
  name: 'plan',
  group: 'Every day',
  summary: 'Show what would be done, with the SQL; change nothing.',
  examples: [
    ['bfm plan', 'what bfm up would do, with its SQL'],
    ['bfm plan --schema acme --out plan.json', 'save it, for bfm up --plan plan.json'],
    ['bfm plan --down --steps 1', 'what rolling back the newest would do'],
    ['bfm plan --exit-code', 'exit 6 when there is something to do'],
  ],
  notes: [
    'A saved plan is applied exactly as it is, or refused (plan.stale, exit 5) when files or ledgers have changed since. Put it between review and deploy.',
  ],
  remote: true,
  addOptions: (command) => {
    addTargetSelectors(command);
    addMigrationSelectors(command, `${UP_TO}; with --down: ${DOWN_TO}`);
    addDownBounds(command.option('--down', 'plan rolling back'));
    addPlanSettings(command)
      .optionsGroup('Answer:')
      .option('--out <file>', 'save the plan, for --plan of bfm up and bfm down')
      .option('--exit-code', 'exit 6 when there is something to do');
  },
  run: async (command, invocation) => {
    const { runPlanCommand } = await import('../commands/plan.ts');
    return runPlanCommand(command.optsWithGlobals<PlanCommandOptions>(), invocation);
  },
};
