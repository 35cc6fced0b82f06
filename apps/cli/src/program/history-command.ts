import { addTargetSelectors } from '../options/option-groups.ts';
import type { HistoryCommandOptions } from '../options/option-types.ts';
import { collect, wholeNumber } from '../options/option-values.ts';
import type { LeafSpec } from './command-spec.ts';

const LIMIT_MAX = 1000;

/** `bfm history`. */
export const HISTORY: LeafSpec = {
  name: 'history',
  group: 'Every day',
  summary: 'Show what was done, newest first.',
  examples: [
    ['bfm history', 'the last 20 events'],
    ['bfm history --schema acme --limit 100', 'of one tenant'],
    ['bfm history --migration core/create_plans', 'of one migration, in all targets'],
  ],
  remote: true,
  addOptions: (command) => {
    addTargetSelectors(command)
      .optionsGroup('Which events:')
      .option('--migration <id>', 'only this one: id, version, name or connection/name (repeatable)', collect)
      .option('--limit <n>', 'at most so many (default: 20)', wholeNumber(LIMIT_MAX))
      .option('--cursor <text>', 'go on where the page before ended');
  },
  run: async (command, invocation) => {
    const { runHistory } = await import('../commands/history.ts');
    return runHistory(command.optsWithGlobals<HistoryCommandOptions>(), invocation);
  },
};
