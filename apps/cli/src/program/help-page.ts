import type { Argument, Command, Option } from 'commander';
import type { CommandSpec, Example } from './command-spec.ts';
import { COMMAND_GROUPS } from './command-spec.ts';

/** A word to type and what it does. */
export interface HelpEntry {
  readonly term: string;
  readonly meaning: string;
}

/** Entries under a heading. */
export interface HelpGroup {
  readonly title: string;
  readonly entries: readonly HelpEntry[];
}

/** Everything there is to say about a command; help and reference are two ways to show it. */
export interface HelpPage {
  /** `bfm repair unbaseline`. */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  readonly commands: readonly HelpGroup[];
  readonly options: readonly HelpGroup[];
  readonly notes: readonly string[];
}

/** Collects what is to be said about a command. Options that every command takes are left out. */
export function toHelpPage(command: Command, spec: CommandSpec): HelpPage {
  const name = fullName(command);
  const isParent = 'subcommands' in spec;
  const words = isParent ? ['<command>'] : command.registeredArguments.map(toArgumentTerm);
  return {
    name,
    usage: [name, ...words, '[options]'].join(' '),
    summary: spec.summary,
    examples: spec.examples,
    commands: isParent ? [toCommandGroup('Commands', spec.subcommands)] : [],
    options: [...toArgumentGroups(command.registeredArguments), ...toOptionGroups(command.options)],
    notes: spec.notes ?? [],
  };
}

/** Commands by their headings. */
export function toCommandGroups(specs: readonly CommandSpec[]): readonly HelpGroup[] {
  return COMMAND_GROUPS.map((title) =>
    toCommandGroup(
      title,
      specs.filter(({ group }) => group === title),
    ),
  ).filter(({ entries }) => entries.length > 0);
}

/** Options by their headings, in the order they were added. */
export function toOptionGroups(options: readonly Option[]): readonly HelpGroup[] {
  const groups = Map.groupBy(
    options.filter(({ hidden }) => !hidden),
    ({ helpGroupHeading }) => helpGroupHeading?.replace(/:$/, '') ?? 'Options',
  );
  return [...groups].map(([title, those]) => ({
    title,
    entries: those.map(({ flags, description }) => ({ term: flags, meaning: description })),
  }));
}

function toArgumentGroups(commandArguments: readonly Argument[]): readonly HelpGroup[] {
  const entries = commandArguments
    .filter(({ description }) => description !== '')
    .map((argument) => ({ term: toArgumentTerm(argument), meaning: argument.description }));
  return entries.length === 0 ? [] : [{ title: 'Arguments', entries }];
}

function toCommandGroup(title: string, specs: readonly CommandSpec[]): HelpGroup {
  return { title, entries: specs.map(({ name, summary }) => ({ term: name, meaning: summary })) };
}

/** A command with those above it, as it is typed: `bfm repair unbaseline`. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function toArgumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
