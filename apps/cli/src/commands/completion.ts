import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { toCompletionModel } from '../completion/completion-model.ts';
import { fishCompletion } from '../completion/fish.ts';
import type { Shell } from '../completion/shells.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { createTerminal } from '../output/terminal.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `bfm completion`: prints the script for a shell, made from the commands that this bfm has. */
export function runCompletion(shell: Shell, program: Command): number {
  const { people } = createTerminal({ json: false, color: false, quiet: false });
  people.print([SCRIPTS[shell](toCompletionModel(program)).trimEnd()]);
  return 0;
}
