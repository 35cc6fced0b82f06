import type { CompletedCommand, CompletedOption, ValueKind } from './completion-model.ts';
import { allKeys, keyOf, optionsByAnswer, topLevel } from './shell-cases.ts';

/** A completion script for zsh 5 and newer: to be sourced, or to stand as `_bfm` in a folder of `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef bfm
# Completion of bfm for zsh. Made by: bfm completion zsh

# Connections that the environment declares, and those that have migrations.
_bfm_connections() {
  local -a names=(\${\${(k)parameters[(I)*_BACKEND]}%_BACKEND})
  compadd -- \${(L)names:#BFM_STATE} "\${BFM_SFM_PATH:-sfm}"/*/*(N/:t)
}

_bfm_migrations() {
  local -a found
  local file
  for file in "\${BFM_SFM_PATH:-sfm}"/*/*/*.up.*(N); do
    if [[ $1 == version ]]; then
      found+=(\${\${file:t}%%_*})
    else
      found+=(\${file:h:t}/\${\${\${file:t}%.up.*}#*_})
    fi
  done
  compadd -- $found
}

_bfm() {
  local current=$words[CURRENT] before=$words[CURRENT-1] at='' word
  local -a options offered
  # What stands behind --to= is completed by itself.
  if [[ $current == --*=* ]]; then
    before=\${current%%=*}
    compset -P '*='
  fi
  case $before in
${valueCases(commands)}
  esac
  for word in \${words[2,CURRENT-1]}; do
    case "$at $word" in
${pathCases(commands)}
    esac
  done
  case $at in
${wordCases(commands)}
  esac
  if [[ $current == -* ]]; then
    _describe -o option options
  else
    _describe command offered
  fi
}

if [[ $funcstack[1] == _bfm ]]; then _bfm "$@"; else compdef _bfm bfm; fi
`;
}

function valueCases(commands: readonly CompletedCommand[]): string {
  return [...optionsByAnswer(commands, answerOf)]
    .map(([answer, names]) => `    (${names.join('|')}) ${answer}; return ;;`)
    .join('\n');
}

function pathCases(commands: readonly CompletedCommand[]): string {
  return allKeys(commands)
    .map((key) => `      ('${key}') at='${key}' ;;`)
    .join('\n');
}

function wordCases(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ path, options, words }) => {
    const names = options.flatMap(toDescriptions);
    const offered = words.map(({ word, meaning }) => describe(word, meaning));
    return caseOf(path, `options=(${names.join(' ')}) offered=(${offered.join(' ')})`);
  });
  const names = topLevel(commands).map(({ path, summary }) => describe(path[0] ?? '', summary));
  return [...cases, caseOf(['help'], `offered=(${names.join(' ')})`)].join('\n');
}

function caseOf(path: readonly string[], action: string): string {
  return `    ('${keyOf(path)}') ${action} ;;`;
}

function toDescriptions({ names, meaning }: CompletedOption): readonly string[] {
  return names.map((name) => describe(name, meaning));
}

/** As `_describe` wants it: the word, a colon, what it means. */
function describe(word: string, meaning: string): string {
  const text = meaning === '' ? word : `${word}:${meaning}`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function answerOf(value: ValueKind): string {
  switch (value.kind) {
    case 'none':
    case 'text':
      return ':';
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'connection':
      return '_bfm_connections';
    case 'migration':
      return '_bfm_migrations name';
    case 'version':
      return '_bfm_migrations version';
    case 'words':
      return `compadd -- ${value.words.join(' ')}`;
  }
}
