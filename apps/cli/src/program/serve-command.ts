import type { GlobalOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm serve`. */
export const SERVE: LeafSpec = {
  name: 'serve',
  group: 'The server',
  summary: 'Run migrations for everybody: HTTP, gRPC, and a worker.',
  examples: [
    ['bfm serve', 'at 127.0.0.1:7070 and :9090, with BFM_STATE_URL set'],
    ['bfm serve --env-file /etc/bfm/env', 'settings from a file'],
  ],
  notes: [
    'Runs, history and tokens are kept in the PostgreSQL database that BFM_STATE_URL names. All settings are in docs/guide/configuration.md, and how to run a server in docs/guide/server.md.',
    'SIGTERM or Ctrl-C: it says that it is not ready, takes nothing more, lets migrations under work end (BFM_SHUTDOWN_GRACE), and ends with 0. A second one does not wait for them.',
  ],
  addOptions: () => undefined,
  run: async (command) => {
    const { runServe } = await import('../commands/serve.ts');
    return runServe(command.optsWithGlobals<GlobalOptions>());
  },
};
