import { addMigrationSelectors, addTargetSelectors, UP_TO } from '../options/option-groups.ts';
import type { StatusCommandOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm status`. */
export const STATUS: LeafSpec = {
  name: 'status',
  group: 'Every day',
  summary: 'Show how every target stands.',
  examples: [
    ['bfm status', 'fixed schemas, and every tenant known'],
    ['bfm status --connection organization', 'one connection'],
    ['bfm status --schemas-from tenants.txt', 'just these schemas'],
    ['bfm status --exit-code', 'exit 6 when anything is pending'],
    ['bfm status --quiet', 'only what is not up to date'],
  ],
  remote: true,
  addOptions: (command) => {
    addTargetSelectors(command);
    addMigrationSelectors(command, UP_TO)
      .optionsGroup('Answer:')
      .option('--exit-code', 'exit 6 when anything is pending or has drifted');
  },
  run: async (command, invocation) => {
    const { runStatus } = await import('../commands/status.ts');
    return runStatus(command.optsWithGlobals<StatusCommandOptions>(), invocation);
  },
};
