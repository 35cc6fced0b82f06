import type { Command } from 'commander';
import type { GlobalOptions, TokenCreateOptions, TokenRotateOptions } from '../options/option-types.ts';
import { oneOf, parseDurationOrNone, parseLifetime } from '../options/option-values.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const GROUP = 'The server';

const CREATE: LeafSpec = {
  name: 'create',
  group: GROUP,
  summary: 'Make a token, and show it this once.',
  examples: [
    ['bfm token create ci --role admin > token', 'its text alone goes to stdout'],
    ['bfm token create dashboard --role viewer --lifetime 30d', 'looks at everything, changes nothing'],
  ],
  remote: true,
  addOptions: (command) => {
    const named = command.argument('<name>', 'who uses it; no two that are not revoked have the same');
    addLifetime(named.optionsGroup('What it is:')).option(
      '--role <admin|viewer>',
      'admin changes things, viewer looks (default: viewer)',
      oneOf(['admin', 'viewer']),
    );
  },
  run: async (command, invocation) => {
    const { runTokenCreate } = await import('../commands/token/create.ts');
    const [name = ''] = command.args;
    return runTokenCreate(name, command.optsWithGlobals<TokenCreateOptions>(), invocation);
  },
};

const LIST: LeafSpec = {
  name: 'list',
  group: GROUP,
  summary: 'Show which tokens there are, who made them, and until when they are good.',
  examples: [
    ['bfm token list', 'revoked ones, too'],
    ['bfm token list --json', 'the same for programs'],
  ],
  remote: true,
  addOptions: () => undefined,
  run: async (command, invocation) => {
    const { runTokenList } = await import('../commands/token/list.ts');
    return runTokenList(command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

const ROTATE: LeafSpec = {
  name: 'rotate',
  group: GROUP,
  summary: 'Give a token a successor, and let the old one end after a while.',
  examples: [
    ['bfm token rotate ci > token', 'the old one is good for another day'],
    ['bfm token rotate ci --grace 0', 'it ends now'],
  ],
  remote: true,
  addOptions: (command) => {
    const named = command.argument('<token>', 'its name or id');
    addLifetime(named.optionsGroup('How long:')).option(
      '--grace <time>',
      'the old one goes on so long; 0 ends it now (default: 24h)',
      parseDurationOrNone,
    );
  },
  run: async (command, invocation) => {
    const { runTokenRotate } = await import('../commands/token/rotate.ts');
    const [named = ''] = command.args;
    return runTokenRotate(named, command.optsWithGlobals<TokenRotateOptions>(), invocation);
  },
};

const REVOKE: LeafSpec = {
  name: 'revoke',
  group: GROUP,
  summary: 'End a token for good, on every server within 5 seconds.',
  examples: [['bfm token revoke ci', 'it was lost, or nobody needs it any more']],
  remote: true,
  addOptions: (command) => {
    command.argument('<token>', 'its name or id');
  },
  run: async (command, invocation) => {
    const { runTokenRevoke } = await import('../commands/token/revoke.ts');
    const [named = ''] = command.args;
    return runTokenRevoke(named, command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};

function addLifetime(command: Command): Command {
  return command.option(
    '--lifetime <time>',
    'good for so long: 12h or 30d, 366d at most (default: 90d)',
    parseLifetime,
  );
}

/** `bfm token`. */
export const TOKEN: ParentSpec = {
  name: 'token',
  group: GROUP,
  summary: 'Make, list, rotate and revoke the tokens that a server accepts.',
  examples: [
    ['bfm token create ci --role admin > token', 'for a pipeline'],
    ['bfm token revoke ci', 'when it was lost'],
  ],
  notes: [
    'Without --server it works on the state that BFM_STATE_URL or BFM_STATE_DB_* name, as bfm serve does; no server has to run. docs/guide/tokens.md tells more.',
  ],
  subcommands: [CREATE, LIST, ROTATE, REVOKE],
};
