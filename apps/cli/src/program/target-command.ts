import { addDryRun } from '../options/option-groups.ts';
import type { TargetChangeOptions, TargetListOptions } from '../options/option-types.ts';
import { collect } from '../options/option-values.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const GROUP = 'Existing databases';

const LIST: LeafSpec = {
  name: 'list',
  group: GROUP,
  summary: 'Show every target that ledgers know.',
  examples: [
    ['bfm target list', 'with what is applied and when it last changed'],
    ['bfm target list --connection organization --retired', 'those that were given up, too'],
  ],
  addOptions: (command) => {
    command
      .optionsGroup('Which targets:')
      .option('--connection <name>', 'only this connection, configured or not (repeatable)', collect)
      .option('--retired', 'those that were dropped or given up, too');
  },
  run: async (command, invocation) => {
    const { runTargetList } = await import('../commands/target/list.ts');
    return runTargetList(command.optsWithGlobals<TargetListOptions>(), invocation);
  },
};

const DROP: LeafSpec = {
  name: 'drop',
  group: GROUP,
  summary: "Drop tenants' schemas with everything in them, and give their targets up.",
  examples: [
    ['bfm target drop organization/acme --dry-run', 'look first'],
    ["bfm target drop organization/acme --reason 'left in March'", 'asks for the name'],
    ['bfm target drop organization/acme organization/bolt --yes', 'in a script'],
  ],
  notes: [
    'Refused when anything outside of the schema depends on it, when other targets are in it, and for public. A schema that migrations name goes only with --yes. Without a terminal, --yes is needed.',
  ],
  addOptions: (command) => {
    command.argument('<target...>', 'connection/schema, as bfm target list shows it');
    addDryRun(
      command.optionsGroup('Why:').option('--reason <text>', 'kept in the ledger, told by bfm history'),
    );
  },
  run: async (command, invocation) => {
    const { runTargetDrop } = await import('../commands/target/drop.ts');
    return runTargetDrop(command.args, command.optsWithGlobals<TargetChangeOptions>(), invocation);
  },
};

/** `bfm target`. */
export const TARGET: ParentSpec = {
  name: 'target',
  group: GROUP,
  summary: 'List the targets that ledgers know, and drop tenants.',
  examples: [
    ['bfm target list', 'what is known'],
    ['bfm target drop organization/acme', 'a tenant that has left'],
  ],
  subcommands: [LIST, DROP],
};
