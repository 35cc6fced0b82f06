import type { GlobalOptions, RunListOptions, RunWatchOptions } from '../options/option-types.ts';
import { oneOf, wholeNumber } from '../options/option-values.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const GROUP = 'The server';
const LIMIT_MAX = 1_000;
const STATUSES = ['queued', 'paused', 'running', 'succeeded', 'failed', 'cancelled', 'needs_attention'];
const ID = 'as bfm run list shows it';

const LIST: LeafSpec = {
  name: 'list',
  group: GROUP,
  summary: 'Show the runs of a server, the newest first.',
  examples: [
    ['bfm run list', 'the last 20'],
    ['bfm run list --status running', 'what is under way'],
  ],
  remote: true,
  addOptions: (command) => {
    command
      .optionsGroup('Which runs:')
      .option('--status <status>', `only those that are ${STATUSES.join(', ')}`, oneOf(STATUSES))
      .option('--limit <n>', 'at most so many (default: 20)', wholeNumber(LIMIT_MAX))
      .option('--cursor <text>', 'go on where the page before ended');
  },
  run: async (command, invocation) => {
    const { runRunList } = await import('../commands/run/list.ts');
    return runRunList(command.optsWithGlobals<RunListOptions>(), invocation);
  },
};

const SHOW: LeafSpec = {
  name: 'show',
  group: GROUP,
  summary: 'Show how a run stands, and what became of its steps.',
  examples: [
    ['bfm run show ID', 'one run'],
    ['bfm run show ID --json', 'with every step'],
  ],
  remote: true,
  addOptions: (command) => {
    command.argument('<id>', ID);
  },
  run: async (command, invocation) => {
    const { runRunShow } = await import('../commands/run/show.ts');
    const [id = ''] = command.args;
    return runRunShow(id, command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

const WATCH: LeafSpec = {
  name: 'watch',
  group: GROUP,
  summary: 'Follow a run to its end, whoever started it.',
  examples: [['bfm run watch ID', 'from its beginning; exits as bfm up would have']],
  notes: ['Ctrl-C ends the watching; the run goes on.'],
  remote: true,
  addOptions: (command) => {
    command
      .argument('<id>', ID)
      .optionsGroup('How it is shown:')
      .option('--verbose', 'list every statement, however many there are (default: up to 100)');
  },
  run: async (command, invocation) => {
    const { runRunWatch } = await import('../commands/run/watch.ts');
    const [id = ''] = command.args;
    return runRunWatch(id, command.optsWithGlobals<RunWatchOptions>(), invocation);
  },
};

const CANCEL: LeafSpec = {
  name: 'cancel',
  group: GROUP,
  summary: 'End a run that waits, and have a running one end soon; what was committed stays.',
  examples: [['bfm run cancel ID', 'then bfm run watch ID shows how it ends']],
  remote: true,
  addOptions: (command) => {
    command.argument('<id>', ID);
  },
  run: async (command, invocation) => {
    const { runRunCancel } = await import('../commands/run/cancel.ts');
    const [id = ''] = command.args;
    return runRunCancel(id, command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

const PAUSE: LeafSpec = {
  name: 'pause',
  group: GROUP,
  summary: 'Keep a run from going on until it is resumed; the migrations it is at end first.',
  examples: [['bfm run pause ID', 'then bfm run resume ID lets it go on']],
  remote: true,
  addOptions: (command) => {
    command.argument('<id>', ID);
  },
  run: async (command, invocation) => {
    const { runRunPause } = await import('../commands/run/pause.ts');
    const [id = ''] = command.args;
    return runRunPause(id, command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

const RESUME: LeafSpec = {
  name: 'resume',
  group: GROUP,
  summary: 'Let a paused run go on.',
  examples: [['bfm run resume ID', 'where it stopped']],
  remote: true,
  addOptions: (command) => {
    command.argument('<id>', ID);
  },
  run: async (command, invocation) => {
    const { runRunResume } = await import('../commands/run/resume.ts');
    const [id = ''] = command.args;
    return runRunResume(id, command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

const RETRY: LeafSpec = {
  name: 'retry',
  group: GROUP,
  summary: 'Start another run for what a run that is over has not done.',
  examples: [['bfm run retry ID', 'prints the id of the new one']],
  remote: true,
  addOptions: (command) => {
    command.argument('<id>', ID);
  },
  run: async (command, invocation) => {
    const { runRunRetry } = await import('../commands/run/retry.ts');
    const [id = ''] = command.args;
    return runRunRetry(id, command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

/** `bfm run`. */
export const RUN: ParentSpec = {
  name: 'run',
  group: GROUP,
  summary: 'List, show, follow, pause, cancel and retry the runs of a server.',
  examples: [
    ['bfm run list', 'what ran, and what is running'],
    ['bfm run watch ID', 'one of them, to its end'],
  ],
  notes: [
    'Runs are kept by a server: --server URL or BFM_SERVER says which. docs/guide/remote.md tells more.',
  ],
  subcommands: [LIST, SHOW, WATCH, PAUSE, RESUME, CANCEL, RETRY],
};
