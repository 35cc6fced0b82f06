import type { GlobalOptions, LockReleaseOptions } from '../options/option-types.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const GROUP = 'Existing databases';

const LIST: LeafSpec = {
  name: 'list',
  group: GROUP,
  summary: 'Show which targets are held, by whom, and since when.',
  examples: [
    ['bfm lock list', 'what runs are at work on, in every configured database'],
    ['bfm lock list --json', 'the same for programs'],
  ],
  addOptions: () => undefined,
  run: async (command, invocation) => {
    const { runLockList } = await import('../commands/lock/list.ts');
    return runLockList(command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

const RELEASE: LeafSpec = {
  name: 'release',
  group: GROUP,
  summary: 'End what somebody holds, and make the holder powerless.',
  examples: [
    ["bfm lock release core/shop@7 --reason 'the build agent is gone'", 'shows what it is doing, and asks'],
    ["bfm lock release core/shop@7 --reason 'the build agent is gone' --yes", 'in a script'],
  ],
  notes: [
    'Holders that died or froze let go by themselves, within BFM_LOCK_TTL (a frozen one once the statement it has under way has ended); one that still runs stands in line again, so end it first. The id holds the token: whoever holds the target by now is left alone.',
  ],
  addOptions: (command) => {
    command
      .argument('<id>', 'as bfm lock list shows it')
      .optionsGroup('Why:')
      .option('--reason <text>', 'required; kept in the ledger, told by bfm history')
      .optionsGroup('Deciding:')
      .option('--yes', 'do not ask; needed where nobody can be asked');
  },
  run: async (command, invocation) => {
    const { runLockRelease } = await import('../commands/lock/release.ts');
    const [id = ''] = command.args;
    return runLockRelease(id, command.optsWithGlobals<LockReleaseOptions>(), invocation);
  },
};

/** `bfm lock`. */
export const LOCK: ParentSpec = {
  name: 'lock',
  group: GROUP,
  summary: 'Show who holds which target, and end a hold.',
  examples: [
    ['bfm lock list', 'who is at work'],
    ["bfm lock release core/shop@7 --reason 'the build agent is gone'", 'when nobody will let go'],
  ],
  subcommands: [LIST, RELEASE],
};
