import type { CompletedCommand, ValueKind } from './completion-model.ts';
import { allKeys, keyOf, optionsByAnswer, topLevel } from './shell-cases.ts';

const HELPERS = `# Connections that the environment declares, and those that have migrations.
_bfm_connections() {
  compgen -v | sed -n 's/_BACKEND$//p' | sed '/^BFM_STATE$/d' | tr '[:upper:]' '[:lower:]'
  local folder
  for folder in "\${BFM_SFM_PATH:-sfm}"/*/*/; do
    if [ -d "$folder" ]; then basename "$folder"; fi
  done
}

_bfm_migrations() {
  local file name folder
  for file in "\${BFM_SFM_PATH:-sfm}"/*/*/*.up.*; do
    [ -e "$file" ] || continue
    name=\${file##*/}
    folder=\${file%/*}
    if [ "$1" = version ]; then
      printf '%s\\n' "\${name%%_*}"
    else
      name=\${name%.up.*}
      printf '%s/%s\\n' "\${folder##*/}" "\${name#*_}"
    fi
  done
}

# Not compgen -W, which runs what stands in $(...): a file may have any name.
_bfm_offer() {
  local line quoted
  while IFS= read -r line; do
    case $line in
      '') ;;
      "$current"*)
        printf -v quoted %q "$line"
        COMPREPLY+=("$quoted")
        ;;
    esac
  done <<< "$1"
}
`;

/** A completion script for bash 3.2 and newer. It needs no package, and never starts bfm. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# Completion of bfm for bash. Made by: bfm completion bash

${HELPERS}
_bfm() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} at='' word options='' words=''
  COMPREPLY=()
  # bash takes --to=2025 apart at the sign.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$before" = '=' ]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
${valueCases(commands)}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
${pathCases(commands)}
    esac
  done
  case $at in
${wordCases(commands)}
  esac
  case $current in
    -*) _bfm_offer "$options" ;;
    *) _bfm_offer "$words" ;;
  esac
}

complete -F _bfm bfm
`;
}

function valueCases(commands: readonly CompletedCommand[]): string {
  return [...optionsByAnswer(commands, answerOf)]
    .map(([answer, names]) => `    ${names.join(' | ')}) ${answer}; return ;;`)
    .join('\n');
}

function pathCases(commands: readonly CompletedCommand[]): string {
  return allKeys(commands)
    .map((key) => `      '${key}') at='${key}' ;;`)
    .join('\n');
}

function wordCases(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ path, options, words }) => {
    const names = options.flatMap((option) => option.names);
    return caseOf(path, `options=${lines(names)} words=${lines(words.map(({ word }) => word))}`);
  });
  const names = topLevel(commands).map(({ path }) => path[0] ?? '');
  return [...cases, caseOf(['help'], `words=${lines(names)}`)].join('\n');
}

function caseOf(path: readonly string[], action: string): string {
  return `    '${keyOf(path)}') ${action} ;;`;
}

function answerOf(value: ValueKind): string {
  switch (value.kind) {
    case 'none':
    case 'text':
      return ':';
    case 'file':
      return `local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current"))`;
    case 'directory':
      return `local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current"))`;
    case 'connection':
      return '_bfm_offer "$(_bfm_connections)"';
    case 'migration':
      return '_bfm_offer "$(_bfm_migrations name)"';
    case 'version':
      return '_bfm_offer "$(_bfm_migrations version)"';
    case 'words':
      return `_bfm_offer ${lines(value.words)}`;
  }
}

function lines(words: readonly string[]): string {
  return `$'${words.join('\\n')}'`;
}
