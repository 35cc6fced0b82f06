import type { Command } from 'commander';
import type { AuditListOptions, AuditOptions } from '../options/option-types.ts';
import { wholeNumber } from '../options/option-values.ts';
import type { LeafSpec, ParentSpec } from './command-spec.ts';

const GROUP = 'The server';
const LIMIT_MAX = 1_000;

const LIST: LeafSpec = {
  name: 'list',
  group: GROUP,
  summary: 'Show who did what and who was refused what, the newest first.',
  examples: [
    ['bfm audit list', 'the last 20'],
    ['bfm audit list --actor ci --action run.start', 'what one token has started'],
  ],
  remote: true,
  addOptions: (command) => {
    addFilters(command)
      .option('--limit <n>', 'at most so many (default: 20)', wholeNumber(LIMIT_MAX))
      .option('--cursor <text>', 'go on where the page before ended');
  },
  run: async (command, invocation) => {
    const { runAuditList } = await import('../commands/audit/list.ts');
    return runAuditList(command.optsWithGlobals<AuditListOptions>(), invocation);
  },
};

const EXPORT: LeafSpec = {
  name: 'export',
  group: GROUP,
  summary: 'Write every entry as a line of JSON, the newest first.',
  examples: [['bfm audit export > audit.ndjson', 'to be kept elsewhere']],
  remote: true,
  addOptions: (command) => {
    addFilters(command);
  },
  run: async (command, invocation) => {
    const { runAuditExport } = await import('../commands/audit/export.ts');
    return runAuditExport(command.optsWithGlobals<AuditOptions>(), invocation);
  },
};

function addFilters(command: Command): Command {
  return command
    .optionsGroup('Which entries:')
    .option('--actor <name>', 'of this token or process')
    .option('--action <action>', 'such as run.start or token.create')
    .option('--object <object>', 'such as run/ID or token/ID');
}

/** `bfm audit`. */
export const AUDIT: ParentSpec = {
  name: 'audit',
  group: GROUP,
  summary: 'Show who changed what through a server, and who was refused.',
  examples: [
    ['bfm audit list', 'what happened last'],
    ['bfm audit export > audit.ndjson', 'all of it'],
  ],
  notes: [
    'The audit is kept by a server: --server URL or BFM_SERVER says which; the token has to be an admin. What is done on databases directly is told by bfm history.',
  ],
  subcommands: [LIST, EXPORT],
};
