import { addTargetSelectors } from '../options/option-groups.ts';
import type { DriftCommandOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm drift`. */
export const DRIFT: LeafSpec = {
  name: 'drift',
  group: 'Every day',
  summary: 'Show where ledgers and files no longer agree.',
  examples: [
    ['bfm drift', 'every target known; exit 6 when one has drifted'],
    ['bfm drift --connection organization --json', 'of one connection, for programs'],
  ],
  notes: [
    'A migration has drifted when its file was edited after it was applied (comments do not count), when its file is gone, when it is pending before one that is applied, or when its rollback has not ended.',
  ],
  remote: true,
  addOptions: (command) => {
    addTargetSelectors(command);
  },
  run: async (command, invocation) => {
    const { runDrift } = await import('../commands/drift.ts');
    return runDrift(command.optsWithGlobals<DriftCommandOptions>(), invocation);
  },
};
