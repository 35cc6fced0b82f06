import { addEditSettings, addTargetSelectors } from '../options/option-groups.ts';
import type { BaselineCommandOptions } from '../options/option-types.ts';
import { collect } from '../options/option-values.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm baseline`. */
export const BASELINE: LeafSpec = {
  name: 'baseline',
  group: 'Existing databases',
  summary: 'Take over existing schemas: mark migrations as applied, without running them.',
  examples: [
    ['bfm baseline --connection core --to 20250106093000 --dry-run', 'look first'],
    ['bfm baseline --connection core --to 20250106093000', 'then mark them'],
    ['bfm baseline --connection organization --all-tenants --all', 'a whole fleet'],
  ],
  notes: [
    'Schemas that are made alike have one catalog checksum. When those of a connection do not, nothing is marked, and it says which differ and how; --allow-different marks them all the same. bfm repair unbaseline takes a baseline back.',
  ],
  addOptions: (command) => {
    addTargetSelectors(command)
      .optionsGroup('Which migrations (one of the first two):')
      .option('--to <version>', 'up to and including this version (14 digits): how far the schemas have come')
      .option('--all', 'every migration there is')
      .option('--tag <key=value>', 'only migrations with this tag (repeatable, all must match)', collect)
      .optionsGroup('What is allowed:')
      .option('--allow-different', 'mark schemas alike although they are not made alike');
    addEditSettings(command);
  },
  run: async (command, invocation) => {
    const { runBaseline } = await import('../commands/baseline.ts');
    return runBaseline(command.optsWithGlobals<BaselineCommandOptions>(), invocation);
  },
};
