import type { Example } from '../program/command-spec.ts';
import type { HelpEntry, HelpGroup, HelpPage } from '../program/help-page.ts';
import { displayWidth, padEnd, wrap } from './fit.ts';
import type { Look } from './look.ts';

/** Longer lines are hard to read. */
const WIDTH_MAX = 110;
/** What is longer stands on a line of its own. */
const TERM_MAX = 30;
const COMMAND_LINE_MAX = 44;
const GAP = 2;

/** The help of a command: what it does, examples, then everything it takes. */
export function commandHelpView(page: HelpPage, globals: HelpGroup, look: Look): readonly string[] {
  const groups = [...page.commands, ...page.options, globals];
  return [
    `${look.paint.bold('Usage:')} ${page.usage}`,
    '',
    ...wrap(page.summary, helpWidth(look)),
    ...examplesView(page.examples, look),
    ...groupsView(groups, look),
    ...page.notes.flatMap((note) => ['', ...wrap(note, helpWidth(look))]),
  ];
}

/** Groups of words and their meanings, all in two columns of the same width. */
export function groupsView(groups: readonly HelpGroup[], look: Look): readonly string[] {
  const terms = groups.flatMap(({ entries }) => entries.map(({ term }) => displayWidth(term)));
  const column = Math.max(0, ...terms.filter((width) => width <= TERM_MAX));
  return groups.flatMap(({ title, entries }) => [
    '',
    look.paint.bold(`${title}:`),
    ...entries.flatMap((entry) => entryView(entry, column, look)),
  ]);
}

function entryView({ term, meaning }: HelpEntry, column: number, look: Look): readonly string[] {
  const indent = ' '.repeat(GAP + column + GAP);
  const room = Math.max(GAP, helpWidth(look) - indent.length);
  const lines = wrap(meaning, room);
  if (displayWidth(term) > column) return [`  ${term}`, ...lines.map((line) => indent + line)];
  const [first = '', ...rest] = lines;
  return [`  ${padEnd(term, column)}  ${first}`, ...rest.map((line) => indent + line)];
}

function examplesView(examples: readonly Example[], look: Look): readonly string[] {
  if (examples.length === 0) return [];
  const { paint } = look;
  const widths = examples.map(([commandLine]) => commandLine.length);
  const column = Math.max(0, ...widths.filter((width) => width <= COMMAND_LINE_MAX));
  const fits = ([commandLine, meaning]: Example): boolean =>
    commandLine.length <= column && GAP + column + GAP + meaning.length <= helpWidth(look);
  return [
    '',
    paint.bold('Examples:'),
    ...examples.flatMap((example) => {
      const [commandLine, meaning] = example;
      return fits(example)
        ? [`  ${padEnd(commandLine, column)}  ${paint.dim(meaning)}`]
        : [`  ${commandLine}`, `      ${paint.dim(meaning)}`];
    }),
  ];
}

/** Columns of a help page. */
export function helpWidth({ width }: Look): number {
  return Math.min(width, WIDTH_MAX);
}
