import { didYouMean, type BfmError } from '@bfm/core';
import type { CommanderError } from 'commander';
import type { CommandSpec } from '../program/command-spec.ts';
import { COMMANDS, FOREIGN_WORDS } from '../program/command-tree.ts';
import { SHELLS } from '../completion/shells.ts';
import { usageError } from './usage-error.ts';

/** What commander could not make sense of, as an error that names the nearest word and what to read. */
export function toCommandLineError({ code, message }: CommanderError, args: readonly string[]): BfmError {
  const path = commandPath(args);
  const unknown = /^error: unknown command '(.*)'/s.exec(message)?.[1];
  if (code === 'commander.unknownCommand' && unknown !== undefined) {
    // A command without any below it was the value of an option.
    return unknownCommand(unknown, commandsBelow(path).length === 0 ? [] : path);
  }
  if (path[0] === 'completion' && ABOUT_SHELL.has(code)) return unknownShell(message);
  const text = message.replace(/^error: /, '').replace(/\n\(Did (.*)\)$/, '; did $1');
  return usageError(text, helpOf(path));
}

const ABOUT_SHELL: ReadonlySet<string> = new Set([
  'commander.missingArgument',
  'commander.invalidArgument',
  'commander.excessArguments',
]);

/** Which shell it is, is all there is to say, and then where the script goes. */
function unknownShell(message: string): BfmError {
  const word = /argument value '(.*)' is invalid/s.exec(message)?.[1];
  const found = word === undefined ? '' : `, not ${JSON.stringify(word)}`;
  return usageError(
    `bfm completion takes one of the shells ${SHELLS.join(', ')}${found}`,
    'put what it prints where the shell reads it: bfm completion bash >> ~/.bashrc, bfm completion zsh > ~/.zfunc/_bfm (a folder in fpath), bfm completion fish > ~/.config/fish/completions/bfm.fish; then open a new shell',
  );
}

/**
 * Makes the words after `bfm help` to the path of a command.
 *
 * @throws {request.invalid} when there is no such command
 */
export function requireCommandPath(words: readonly string[]): readonly string[] {
  const names = words.filter((word) => !word.startsWith('-'));
  const path = commandPath(names);
  const unknown = names[path.length];
  if (unknown === undefined) return path;
  throw unknownCommand(unknown, path);
}

function unknownCommand(name: string, path: readonly string[]): BfmError {
  const below = commandsBelow(path).map((spec) => spec.name);
  const foreign = path.length === 0 && Object.hasOwn(FOREIGN_WORDS, name) ? FOREIGN_WORDS[name] : undefined;
  const near = foreign === undefined ? didYouMean(name, below) : `; did you mean ${foreign}?`;
  const parent = ['bfm', ...path].join(' ');
  return usageError(`${parent} has no command ${JSON.stringify(name)}${near}`, helpOf(path));
}

/** The names of commands that a command line begins with, options left out. */
function commandPath(args: readonly string[]): readonly string[] {
  const [first] = commandsNamed(COMMANDS, args);
  if (first === undefined) return [];
  const rest = args.slice(args.indexOf(first.name) + 1);
  const [second] = 'subcommands' in first ? commandsNamed(first.subcommands, rest) : [];
  return second === undefined ? [first.name] : [first.name, second.name];
}

function commandsNamed(specs: readonly CommandSpec[], args: readonly string[]): readonly CommandSpec[] {
  return args.flatMap((word) => specs.filter(({ name }) => name === word));
}

function commandsBelow(path: readonly string[]): readonly CommandSpec[] {
  const [first] = path;
  if (first === undefined) return COMMANDS;
  const parent = COMMANDS.find(({ name }) => name === first);
  return parent !== undefined && 'subcommands' in parent ? parent.subcommands : [];
}

function helpOf(path: readonly string[]): string {
  return ['bfm', ...path, '--help'].join(' ');
}
