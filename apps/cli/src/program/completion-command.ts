import { Argument } from 'commander';
import { SHELLS, type Shell } from '../completion/shells.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm completion`. */
export const COMPLETION: LeafSpec = {
  name: 'completion',
  group: 'Setting up',
  summary: 'Print a script that completes bfm command lines in a shell.',
  examples: [
    ['bfm completion bash > ~/.local/share/bash-completion/completions/bfm', 'bash, with bash-completion'],
    ['bfm completion bash >> ~/.bashrc', 'bash, without'],
    ['bfm completion zsh > ~/.zfunc/_bfm', 'zsh, with ~/.zfunc in fpath'],
    ['bfm completion fish > ~/.config/fish/completions/bfm.fish', 'fish'],
  ],
  notes: [
    'It completes commands, options and their values; connections are those that the environment declares or that have migrations in ./sfm (BFM_SFM_PATH), versions and migrations those of that folder. Pressing TAB never starts bfm.',
  ],
  needsAll: true,
  addOptions: (command) => {
    command.addArgument(new Argument('<shell>', 'the shell: bash, zsh or fish').choices([...SHELLS]));
  },
  run: async (command) => {
    const { runCompletion } = await import('../commands/completion.ts');
    const [shell] = command.processedArgs as [Shell];
    return runCompletion(shell, command.parent ?? command);
  },
};
