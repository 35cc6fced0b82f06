import {
  addDownBounds,
  addMigrationSelectors,
  addRunSettings,
  addTargetSelectors,
  DOWN_TO,
} from '../options/option-groups.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm down`. */
export const DOWN: LeafSpec = {
  name: 'down',
  group: 'Every day',
  summary: 'Roll back what is applied.',
  examples: [
    ['bfm down --steps 1 --connection core', 'the newest migration of core'],
    ['bfm down --to 20250106093000', 'everything newer than that version'],
    ['bfm down --migration guard/create_users', 'this one'],
    ['bfm down --all --schema acme --yes', 'all of one tenant, without asking'],
  ],
  notes: [
    'Exactly one of --to, --steps, --migration and --all says how far. On a terminal it asks first; answering no changes nothing and exits 6. While anything applied depends on what would go, it refuses and names each.',
  ],
  remote: true,
  addOptions: (command) => {
    addTargetSelectors(command);
    addDownBounds(addMigrationSelectors(command, DOWN_TO));
    addRunSettings(command);
  },
  run: async (command, invocation) => {
    const { runDown } = await import('../commands/down.ts');
    return runDown(command.optsWithGlobals<ApplyCommandOptions>(), invocation);
  },
};
