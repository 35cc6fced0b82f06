import type { NewCommandOptions } from '../options/option-types.ts';
import { collect, oneOf } from '../options/option-values.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm new`. */
export const NEW: LeafSpec = {
  name: 'new',
  group: 'Setting up',
  summary: 'Begin a migration: an up and a down file with a fresh version.',
  examples: [
    ['bfm new create_users --connection core --schema core', 'in a fixed schema'],
    ["bfm new 'add labels' --connection organization", 'one that runs in each tenant'],
    ['bfm new index_users --connection core --transaction none', 'for CREATE INDEX CONCURRENTLY'],
  ],
  notes: [
    'The version is the time of now, UTC, and later than every one there is. Files that are there are never touched; no database is needed.',
  ],
  addOptions: (command) => {
    command
      .argument('<name>', 'what it does; spaces become _')
      .optionsGroup('What it is for:')
      .option('--connection <name>', 'its connection; may be left out where there is only one', collect)
      .option('--schema <name>', 'the schema it names; without, it runs in each tenant', collect)
      .option('--backend <kind>', 'the kind of store (default: postgresql)', collect)
      .option('--transaction <none>', 'none: it runs outside of a transaction', oneOf(['none']));
  },
  run: async (command) => {
    const { runNew } = await import('../commands/new.ts');
    return runNew(command.args[0] ?? '', command.optsWithGlobals<NewCommandOptions>());
  },
};
