import {
  addMigrationSelectors,
  addPlanSettings,
  addRunSettings,
  addTargetSelectors,
  UP_TO,
} from '../options/option-groups.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm up`. */
export const UP: LeafSpec = {
  name: 'up',
  group: 'Every day',
  summary: 'Apply what is pending.',
  examples: [
    ['bfm up', 'everything pending in fixed schemas'],
    ['bfm up --dry-run', 'the plan only; nothing is changed'],
    ['bfm up --schema acme --schema bolt', 'these tenants, and what they need'],
    ['bfm up --connection organization --all-tenants --concurrency 16', 'a fleet, sixteen at a time'],
    ['bfm up --plan plan.json', 'exactly what was planned and reviewed'],
  ],
  notes: [
    'What fails leaves nothing behind. What depends on it is not started, everything else goes on; mend the cause and run the same command again. Ctrl-C lets the running migrations finish, a second one cancels them.',
  ],
  remote: true,
  addOptions: (command) => {
    addTargetSelectors(command);
    addMigrationSelectors(command, UP_TO);
    addPlanSettings(command);
    addRunSettings(command);
  },
  run: async (command, invocation) => {
    const { runUp } = await import('../commands/up.ts');
    return runUp(command.optsWithGlobals<ApplyCommandOptions>(), invocation);
  },
};
