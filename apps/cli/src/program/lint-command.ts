import type { GlobalOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm lint`. */
export const LINT: LeafSpec = {
  name: 'lint',
  group: 'Every day',
  summary: 'Look at every file of migrations, up and down; no database is asked.',
  examples: [
    ['bfm lint', 'before a commit; exit 6 when something cannot be used'],
    ['bfm lint --sfm build/sfm --json', 'in a pipeline, for programs'],
  ],
  notes: ['It needs no configuration. bfm doctor looks at databases as well.'],
  remote: true,
  addOptions: () => undefined,
  run: async (command, invocation) => {
    const { runLint } = await import('../commands/lint.ts');
    return runLint(command.optsWithGlobals<GlobalOptions>(), invocation);
  },
};
