import type { InitCommandOptions } from '../options/option-types.ts';
import { collect } from '../options/option-values.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm init`. */
export const INIT: LeafSpec = {
  name: 'init',
  group: 'Setting up',
  summary: 'Make what a project begins with, or print the SQL a DBA runs.',
  examples: [
    ['bfm init', 'bfm.yaml, .env.example and an example migration'],
    ['bfm init --sql --migrator app --reader report', 'the ledger and its grants, for a DBA'],
  ],
  notes: [
    'What is there is never overwritten. A ledger that a DBA has made needs no rights on the database: a login that --migrator names works with it. The SQL can be run again, to upgrade the ledger or to grant it to more roles.',
  ],
  addOptions: (command) => {
    command
      .argument('[folder]', 'where to make it (default: here)')
      .optionsGroup('The project:')
      .option('--connection <name>', 'its connection (default: core)')
      .optionsGroup('The SQL:')
      .option('--sql', 'print SQL that makes or upgrades the ledger; make no files')
      .option('--owner <role>', 'who owns the ledger and may upgrade it (default: who runs the SQL)')
      .option('--migrator <role>', 'who runs migrations (repeatable)', collect)
      .option('--reader <role>', 'who may look: status, plan, history (repeatable)', collect);
  },
  run: async (command) => {
    const { runInit } = await import('../commands/init.ts');
    return runInit(command.args[0], command.optsWithGlobals<InitCommandOptions>());
  },
};
