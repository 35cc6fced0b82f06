import type { Command } from 'commander';
import { addDryRun, addEditSettings, addTargetSelectors } from '../options/option-groups.ts';
import type { RepairCommandOptions, TargetChangeOptions } from '../options/option-types.ts';
import { collect, wholeNumber } from '../options/option-values.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const STATEMENTS_MAX = 100_000;
const GROUP = 'Existing databases';

const MARK_APPLIED: LeafSpec = {
  name: 'mark-applied',
  group: GROUP,
  summary: 'Say that migrations are applied: somebody has done it by other means.',
  examples: [
    ["bfm repair mark-applied --migration core/add_mail --reason 'run by hand'", 'a fixed one'],
    ["bfm repair mark-applied --migration orders --schema acme --reason 'a dump'", 'in one tenant'],
  ],
  notes: ['Undone by bfm repair mark-pending.'],
  addOptions: (command) => {
    addMigrations(addTargetSelectors(command));
    addRepairSettings(command);
  },
  run: async (command, invocation) => {
    const { runMarkApplied } = await import('../commands/repair/rows.ts');
    return runMarkApplied(command.optsWithGlobals<RepairCommandOptions>(), invocation);
  },
};

const MARK_PENDING: LeafSpec = {
  name: 'mark-pending',
  group: GROUP,
  summary: 'Say that migrations are not applied after all, or only up to a statement.',
  examples: [
    ["bfm repair mark-pending --migration core/add_mail --reason 'dropped'", 'the next bfm up runs it'],
    [
      'bfm repair mark-pending --migration add_index --statement 3 --reason seen',
      'it was interrupted and goes on from there',
    ],
  ],
  notes: [
    'A migration that runs outside of a transaction and was interrupted begins anew without --statement. Undone by bfm repair mark-applied.',
  ],
  addOptions: (command) => {
    addMigrations(addTargetSelectors(command)).option(
      '--statement <n>',
      'of one that was interrupted: go on from this statement',
      wholeNumber(STATEMENTS_MAX),
    );
    addRepairSettings(command);
  },
  run: async (command, invocation) => {
    const { runMarkPending } = await import('../commands/repair/rows.ts');
    return runMarkPending(command.optsWithGlobals<RepairCommandOptions>(), invocation);
  },
};

const UNBASELINE: LeafSpec = {
  name: 'unbaseline',
  group: GROUP,
  summary: 'Take a baseline back.',
  examples: [
    ["bfm repair unbaseline --connection core --reason 'wrong version'", 'of fixed schemas'],
    ['bfm repair unbaseline --connection app --all-tenants --reason mistake', 'of a fleet'],
  ],
  notes: ['Refused where migrations were applied on top of the baseline.'],
  addOptions: (command) => {
    addTargetSelectors(command);
    addRepairSettings(command);
  },
  run: async (command, invocation) => {
    const { runUnbaseline } = await import('../commands/repair/rows.ts');
    return runUnbaseline(command.optsWithGlobals<RepairCommandOptions>(), invocation);
  },
};

const ACCEPT_CHECKSUM: LeafSpec = {
  name: 'accept-checksum',
  group: GROUP,
  summary: 'Take edited files for what was applied; the targets stay as they are.',
  examples: [
    [
      "bfm repair accept-checksum --migration core/add_mail --reason 'spelling'",
      'one, wherever it is applied',
    ],
    ["bfm repair accept-checksum --all --dry-run --reason 'new formatting'", 'all that were edited'],
  ],
  notes: ['A changed comment needs none of this: only a changed meaning stops a run.'],
  addOptions: (command) => {
    addMigrations(addTargetSelectors(command)).option('--all', 'every migration that was edited');
    addRepairSettings(command);
  },
  run: async (command, invocation) => {
    const { runAcceptChecksum } = await import('../commands/repair/rows.ts');
    return runAcceptChecksum(command.optsWithGlobals<RepairCommandOptions>(), invocation);
  },
};

const FORGET_TARGET: LeafSpec = {
  name: 'forget-target',
  group: GROUP,
  summary: 'Give targets up whose schemas are gone, or which are none of ours.',
  examples: [
    ["bfm repair forget-target organization/acme --reason 'dropped by hand'", 'its rows count no more'],
  ],
  notes: [
    'The schemas stay as they are; bfm target drop drops them, too. bfm target list --retired still shows what was given up.',
  ],
  addOptions: (command) => {
    command.argument('<target...>', 'connection/schema, as bfm target list shows it');
    addDryRun(addReason(command));
  },
  run: async (command, invocation) => {
    const { runForgetTarget } = await import('../commands/repair/scopes.ts');
    return runForgetTarget(command.args, command.optsWithGlobals<TargetChangeOptions>(), invocation);
  },
};

const RENAME_CONNECTION: LeafSpec = {
  name: 'rename-connection',
  group: GROUP,
  summary: "Give what a ledger recorded under one connection's name another one's.",
  examples: [
    [
      "bfm repair rename-connection app core --reason 'renamed'",
      'files moved from postgresql/app to postgresql/core',
    ],
  ],
  notes: ['The new name must be configured, and point at the database whose ledger knows the old one.'],
  addOptions: (command) => {
    command
      .argument('<old>', 'the name that the ledger knows')
      .argument('<new>', 'the name that is configured now');
    addDryRun(addReason(command));
  },
  run: async (command, invocation) => {
    const { runRenameConnection } = await import('../commands/repair/scopes.ts');
    return runRenameConnection(command.args, command.optsWithGlobals<TargetChangeOptions>(), invocation);
  },
};

const PROJECTION: LeafSpec = {
  name: 'projection',
  group: GROUP,
  summary: "Build a server's copy of the ledgers anew; there is none without a server.",
  examples: [["bfm repair projection --reason 'restored from a backup'", 'exits 7 in direct mode']],
  addOptions: addReason,
  run: async () => {
    const { runProjection } = await import('../commands/repair/projection.ts');
    return runProjection();
  },
};

/** `bfm repair`. */
export const REPAIR: ParentSpec = {
  name: 'repair',
  group: GROUP,
  summary: 'Correct what ledgers say, with a reason.',
  examples: [
    ["bfm repair mark-applied --migration core/add_mail --reason 'run by hand'", 'it is there already'],
    ["bfm repair accept-checksum --all --dry-run --reason 'reformatted'", 'look first'],
  ],
  notes: [
    'Each shows what it will change and asks; --dry-run only shows. No migration is run. All are kept in the ledger with their reason, and bfm history tells of them.',
  ],
  subcommands: [
    MARK_APPLIED,
    MARK_PENDING,
    UNBASELINE,
    ACCEPT_CHECKSUM,
    FORGET_TARGET,
    RENAME_CONNECTION,
    PROJECTION,
  ],
};

function addMigrations(command: Command): Command {
  return command
    .optionsGroup('Which migrations:')
    .option('--migration <id>', 'this one: id, version, name or connection/name (repeatable)', collect);
}

function addReason(command: Command): Command {
  return command
    .optionsGroup('Why:')
    .option('--reason <text>', 'kept in the ledger, told by bfm history; required');
}

function addRepairSettings(command: Command): void {
  addEditSettings(addReason(command));
}
