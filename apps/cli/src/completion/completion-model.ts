import { BACKENDS } from '@bfm/core';
import type { Command, Option } from 'commander';

/** What may stand behind an option. */
export type ValueKind =
  | { readonly kind: 'none' | 'text' | 'file' | 'directory' | 'connection' | 'migration' | 'version' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** An option as shells complete it. */
export interface CompletedOption {
  /** `-q` and `--quiet`. */
  readonly names: readonly string[];
  readonly meaning: string;
  readonly value: ValueKind;
}

/** A command as shells complete it. */
export interface CompletedCommand {
  /** `['repair', 'unbaseline']`; empty for `bfm` itself. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words that may follow: commands below it, or the choices of its first argument. */
  readonly words: readonly { readonly word: string; readonly meaning: string }[];
}

const BY_NAME: Readonly<Record<string, ValueKind>> = {
  '--connection': { kind: 'connection' },
  '--backend': { kind: 'words', words: BACKENDS },
  '--commit': { kind: 'words', words: ['per-migration', 'per-target'] },
};

const BY_PLACEHOLDER: Readonly<
  Record<string, ValueKind['kind'] & ('file' | 'directory' | 'migration' | 'version')>
> = {
  file: 'file',
  source: 'file',
  dir: 'directory',
  id: 'migration',
  version: 'version',
};

/** Every command of a program with what can be typed behind it, `bfm` itself first. */
export function toCompletionModel(program: Command): readonly CompletedCommand[] {
  const own = [...program.options.map(toOption), HELP];
  const globals = own.filter(({ names }) => !names.includes('--version'));
  return [
    {
      path: [],
      summary: program.description(),
      options: own,
      words: [...wordsOf(program), { word: 'help', meaning: 'show the help of a command' }],
    },
    ...program.commands.flatMap((command) => toCommands(command, [], globals)),
  ];
}

const HELP: CompletedOption = { names: ['-h', '--help'], meaning: 'show help', value: { kind: 'none' } };

function toCommands(
  command: Command,
  above: readonly string[],
  globals: readonly CompletedOption[],
): readonly CompletedCommand[] {
  const path = [...above, command.name()];
  const own = command.options.filter(({ hidden }) => !hidden).map(toOption);
  return [
    { path, summary: command.description(), options: [...own, ...globals], words: wordsOf(command) },
    ...command.commands.flatMap((each) => toCommands(each, path, globals)),
  ];
}

function wordsOf(command: Command): CompletedCommand['words'] {
  if (command.commands.length > 0) {
    return command.commands.map((each) => ({ word: each.name(), meaning: each.description() }));
  }
  const choices = command.registeredArguments[0]?.argChoices ?? [];
  return choices.map((word) => ({ word, meaning: '' }));
}

function toOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  return { names, meaning: option.description, value: valueOf(option) };
}

function valueOf({ long, flags }: Option): ValueKind {
  const placeholder = /<(.+)>/.exec(flags)?.[1];
  if (placeholder === undefined) return { kind: 'none' };
  const named = BY_NAME[long ?? ''];
  if (named !== undefined) return named;
  if (placeholder.includes('|')) return { kind: 'words', words: placeholder.split('|') };
  return { kind: BY_PLACEHOLDER[placeholder] ?? 'text' };
}
