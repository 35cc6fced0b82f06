import { addEditSettings, addTargetSelectors } from '../options/option-groups.ts';
import type { ImportCommandOptions } from '../options/option-types.ts';
import { collect, oneOf } from '../options/option-values.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const GROUP = 'Existing databases';

const BFM: LeafSpec = {
  name: 'bfm',
  group: GROUP,
  summary: 'Take over what an existing Go BFM has applied, checked against the databases themselves.',
  examples: [
    ['bfm import bfm --state-url postgres://bfm@localhost/migration_state', 'a URL'],
    ['bfm import bfm --dry-run', 'look first'],
    ['bfm import bfm', 'with the BFM_STATE_DB_* variables of the existing BFM'],
    ['bfm import bfm --trust catalog', 'where the two do not agree, go by what is there'],
  ],
  notes: [
    'The state is only read. What it says is compared with the catalog of each target: what migrations make, as their files tell, must be there when they are said to be applied, and not be there when they are not. What does not fit, and what was rolled back once, is told, and nothing is written before somebody has decided.',
    'Its times are taken as UTC, and the checksums are those of the files as they are now: the state has none. Connections of other kinds of store are left alone. bfm repair unbaseline takes an import back.',
  ],
  addOptions: (command) => {
    addTargetSelectors(
      command
        .optionsGroup('Where the state is:')
        .option(
          '--state-url <url>',
          'postgres://user:password@host:5432/database (BFM_STATE_URL, BFM_STATE_DB_*)',
        )
        .option('--state-schema <name>', 'where its tables are (BFM_STATE_SCHEMA, default: public)'),
    )
      .option('--leave-out <target>', 'connection/schema: leave this one as it is (repeatable)', collect)
      .optionsGroup('What is allowed:')
      .option(
        '--trust <state|catalog>',
        'where state and catalog do not agree, go by the one or the other (default: refuse)',
        oneOf(['state', 'catalog']),
      );
    addEditSettings(command);
  },
  run: async (command, invocation) => {
    const { runImportBfm } = await import('../commands/import/bfm.ts');
    return runImportBfm(command.optsWithGlobals<ImportCommandOptions>(), invocation);
  },
};

/** `bfm import`. */
export const IMPORT: ParentSpec = {
  name: 'import',
  group: GROUP,
  summary: 'Take over what another tool has applied.',
  examples: [['bfm import bfm --dry-run', 'from an existing Go BFM']],
  subcommands: [BFM],
};
