/**
 * Keeps the parts of docs/reference/cli.md that are made from the commands themselves: between `<!-- made: NAME -->` and
 * `<!-- end -->`. What stands outside is written by people. Without `--write` it only tells whether the page is up to date.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../apps/cli/src/program/build-program.ts';
import type { CommandSpec } from '../../apps/cli/src/program/command-spec.ts';
import { COMMANDS } from '../../apps/cli/src/program/command-tree.ts';
import { ENVIRONMENT_VARIABLES } from '../../apps/cli/src/program/environment-variables.ts';
import { EXIT_CODES, EXIT_CODES_NOTE } from '../../apps/cli/src/program/exit-codes.ts';
import {
  toCommandGroups,
  toHelpPage,
  toOptionGroups,
  type HelpGroup,
  type HelpPage,
} from '../../apps/cli/src/program/help-page.ts';
import { keepPage } from './made-page.ts';
import { ROOT } from './root.ts';

const PAGE = 'docs/reference/cli.md';

const program = buildProgram({
  invocation: { exitCode: 0, sourceRoot: null },
  look: () => {
    throw new Error('help is not shown here');
  },
  write: () => undefined,
});

type Command = typeof program;

/** The parts by the names that the page has them under. */
const PARTS: Readonly<Record<string, () => string>> = {
  'list of commands': listOfCommands,
  'global options': () => toOptionGroups(program.options).map(optionTable).join('\n\n'),
  commands: () => COMMANDS.map((spec) => commandSection(spec, program, '##')).join('\n\n'),
  'exit codes': () => `${table(['Code', 'Meaning'], EXIT_CODES)}\n\n${EXIT_CODES_NOTE}`,
  'environment variables': () =>
    table(
      ['Variable', 'Meaning'],
      ENVIRONMENT_VARIABLES.map(([names, meaning]) => [
        names
          .split(', ')
          .map((name) => `\`${name}\``)
          .join(', '),
        meaning,
      ]),
    ),
};

function listOfCommands(): string {
  return toCommandGroups(COMMANDS)
    .map(({ title, entries }) => {
      const rows = entries.map(({ term, meaning }) => [`[\`bfm ${term}\`](#bfm-${term})`, meaning] as const);
      return `${title}:\n\n${rows.map(([name, meaning]) => `- ${name}: ${meaning}`).join('\n')}`;
    })
    .join('\n\n');
}

function commandSection(spec: CommandSpec, parent: Command, level: string): string {
  const command = parent.commands.find((each) => each.name() === spec.name);
  if (command === undefined) throw new Error(`${spec.name} is not in the program`);
  const page = toHelpPage(command, spec);
  const below = 'subcommands' in spec ? spec.subcommands : [];
  return [
    `${level} ${page.name}`,
    page.summary,
    codeBlock('text', [page.usage]),
    codeBlock('sh', toExampleLines(page)),
    ...page.options.map(optionTable),
    ...page.notes.map(escapeMarkdown),
    ...below.map((each) => commandSection(each, command, `${level}#`)),
  ].join('\n\n');
}

function toExampleLines({ examples }: HelpPage): readonly string[] {
  const width = Math.max(...examples.map(([commandLine]) => commandLine.length));
  return examples.map(([commandLine, meaning]) => `${commandLine.padEnd(width)}  # ${meaning}`);
}

function optionTable({ title, entries }: HelpGroup): string {
  return table(
    [title, ''],
    entries.map(({ term, meaning }) => [`\`${term}\``, meaning]),
  );
}

function table(
  head: readonly [string, string],
  rows: readonly (readonly [string | number, string])[],
): string {
  const toRow = ([left, right]: readonly [string | number, string]): string =>
    `| ${String(left).replaceAll('|', '\\|')} | ${escapeMarkdown(right)} |`;
  return [toRow(head), '|---|---|', ...rows.map(toRow)].join('\n');
}

function codeBlock(language: string, lines: readonly string[]): string {
  return ['```' + language, ...lines, '```'].join('\n');
}

/** Keeps what Markdown would take for its own. */
function escapeMarkdown(text: string): string {
  return text.replace(/[|<*]/g, '\\$&');
}

const text = readFileSync(join(ROOT, PAGE), 'utf8');
const made = text.replace(/<!-- made: (.+?) -->[^]*?<!-- end -->/g, (_whole, name: string) => {
  const part = PARTS[name];
  if (part === undefined) throw new Error(`${PAGE} asks for "${name}", which nobody makes`);
  return `<!-- made: ${name} -->\n\n${part()}\n\n<!-- end -->`;
});
await keepPage({ page: PAGE, source: 'the commands', script: 'scripts/check/cli-reference.ts' }, made);
