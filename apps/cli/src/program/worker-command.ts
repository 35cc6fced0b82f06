import type { GlobalOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm worker`. */
export const WORKER: LeafSpec = {
  name: 'worker',
  group: 'The server',
  summary: 'Carry out the runs of a server, on this machine.',
  examples: [['bfm worker --env-file /etc/bfm/env', 'with the settings of the server']],
  notes: [
    'It needs the same state, connections and migrations as the server. Any number of workers may run; when one dies, others take over its runs after BFM_RUN_LEASE.',
    'SIGTERM or Ctrl-C: it takes nothing more, lets migrations under work end, gives back what is left, and ends with 0.',
  ],
  addOptions: () => undefined,
  run: async (command) => {
    const { runWorker } = await import('../commands/serve.ts');
    return runWorker(command.optsWithGlobals<GlobalOptions>());
  },
};
