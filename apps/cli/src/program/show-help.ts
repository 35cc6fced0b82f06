import type { Command, Help } from 'commander';
import { commandHelpView } from '../output/help-view.ts';
import { overviewView, shortOverviewView, type Overview } from '../output/overview-view.ts';
import type { Look } from '../output/look.ts';
import type { CommandSpec } from './command-spec.ts';
import { COMMANDS } from './command-tree.ts';
import { ENVIRONMENT_VARIABLES } from './environment-variables.ts';
import { EXIT_CODES, EXIT_CODES_NOTE } from './exit-codes.ts';
import { EVERYWHERE } from './global-options.ts';
import { toCommandGroups, toHelpPage, toOptionGroups, type HelpGroup } from './help-page.ts';

/** What BFM is, in a sentence. */
const PURPOSE = 'Backend For Migrations: schema changes for every tenant, from one plan, exactly once.';

/** Formats help as commander's `formatHelp` wants it. */
export type HelpFormatter = (command: Command, help: Help) => string;

/** Makes the formatter of `bfm --help`. */
export function overviewFormatter(look: () => Look): HelpFormatter {
  return (program) =>
    toText(
      overviewView(
        overview(),
        {
          globals: globalsOf(program),
          variables: { title: 'Environment', entries: ENVIRONMENT_VARIABLES.map(toEntry) },
          exitCodes: { title: 'Exit codes', entries: EXIT_CODES.map(toEntry) },
          note: EXIT_CODES_NOTE,
        },
        look(),
      ),
    );
}

/** Makes the formatter of one command's help. */
export function commandFormatter(spec: CommandSpec, look: () => Look): HelpFormatter {
  return (command) => toText(commandHelpView(toHelpPage(command, spec), globalsOf(rootOf(command)), look()));
}

/** What a bare `bfm` says. */
export function shortHelp(look: Look): readonly string[] {
  return shortOverviewView(overview(), look);
}

function overview(): Overview {
  return { purpose: PURPOSE, commands: toCommandGroups(COMMANDS) };
}

function globalsOf(program: Command): HelpGroup {
  const groups = toOptionGroups(program.options);
  return {
    title: EVERYWHERE,
    entries: [
      ...groups.filter(({ title }) => title === EVERYWHERE).flatMap(({ entries }) => entries),
      { term: '-h, --help', meaning: 'show help' },
    ],
  };
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function toEntry([term, meaning]: readonly [string | number, string]): HelpGroup['entries'][number] {
  return { term: String(term).padStart(typeof term === 'number' ? 2 : 0), meaning };
}

function toText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
