import type { CompletedCommand, CompletedOption, ValueKind } from './completion-model.ts';
import { topLevel } from './shell-cases.ts';

/** A completion script for fish 3 and newer. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const rules = commands.flatMap((command) => rulesOf(command, commands));
  return `# Completion of bfm for fish. Made by: bfm completion fish

function __bfm_sfm
    set -q BFM_SFM_PATH; and echo $BFM_SFM_PATH; or echo sfm
end

function __bfm_connections
    set -nx | string match -r '.*(?=_BACKEND$)' | string lower | string match -v bfm_state
    for folder in (__bfm_sfm)/*/*/
        path basename $folder
    end
end

function __bfm_migrations
    for file in (__bfm_sfm)/*/*/*.up.*
        set -l parts (string match -r '([^/]+)/(\\d+)_([^/]*)\\.up\\.[a-z]+$' -- $file)
        test (count $parts) -eq 4; or continue
        if test "$argv[1]" = version
            echo $parts[3]
        else
            echo $parts[2]/$parts[4]
        end
    end
end

# The words so far that are no options, without those behind an option that takes a value.
function __bfm_at
    set -l words
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word ${withValues(commands).join(' ')}
            set skip 1
        else if not string match -q -- '-*' $word
            set -a words $word
        end
    end
    test "$words" = "$argv"
end

complete -c bfm -f
${rules.join('\n')}
`;
}

function rulesOf(
  { path, options, words }: CompletedCommand,
  all: readonly CompletedCommand[],
): readonly string[] {
  const rules = [
    ...words.map(({ word, meaning }) => `${ruleAt(path)} -a ${word}${describe(meaning)}`),
    ...options.map((option) => `${ruleAt(path)} ${toFlags(option)}`),
  ];
  if (path.length > 0) return rules;
  const names = topLevel(all).map((command) => command.path[0] ?? '');
  return [...rules, `${ruleAt(['help'])} -a '${names.join(' ')}'`];
}

function ruleAt(path: readonly string[]): string {
  return `complete -c bfm -n '${['__bfm_at', ...path].join(' ')}'`;
}

function toFlags({ names, meaning, value }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return `${flags.join(' ')}${toValue(value)}${describe(meaning)}`;
}

function toValue(value: ValueKind): string {
  switch (value.kind) {
    case 'none':
      return '';
    case 'text':
      return ' -x';
    case 'file':
      return ' -r -F';
    case 'directory':
      return " -x -a '(__fish_complete_directories)'";
    case 'connection':
      return " -x -a '(__bfm_connections)'";
    case 'migration':
      return " -x -a '(__bfm_migrations name)'";
    case 'version':
      return " -x -a '(__bfm_migrations version)'";
    case 'words':
      return ` -x -a '${value.words.join(' ')}'`;
  }
}

function withValues(commands: readonly CompletedCommand[]): readonly string[] {
  const names = commands
    .flatMap(({ options }) => options)
    .filter(({ value }) => value.kind !== 'none')
    .flatMap((option) => option.names);
  return [...new Set(names)];
}

function describe(meaning: string): string {
  return meaning === '' ? '' : ` -d '${meaning.replace(/[\\']/g, '\\$&')}'`;
}
