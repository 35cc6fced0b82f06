import { AUDIT } from './audit-command.ts';
import { BASELINE } from './baseline-command.ts';
import type { CommandSpec } from './command-spec.ts';
import { COMPLETION } from './completion-command.ts';
import { DOCTOR } from './doctor-command.ts';
import { DOWN } from './down-command.ts';
import { DRIFT } from './drift-command.ts';
import { HISTORY } from './history-command.ts';
import { IMPORT } from './import-command.ts';
import { INIT } from './init-command.ts';
import { LINT } from './lint-command.ts';
import { LOCK } from './lock-command.ts';
import { NEW } from './new-command.ts';
import { PLAN } from './plan-command.ts';
import { REPAIR } from './repair-command.ts';
import { RUN } from './run-command.ts';
import { SERVE } from './serve-command.ts';
import { STATUS } from './status-command.ts';
import { TARGET } from './target-command.ts';
import { TOKEN } from './token-command.ts';
import { UP } from './up-command.ts';
import { WORKER } from './worker-command.ts';

/** Every command, in the order that help and reference list them in. */
export const COMMANDS: readonly CommandSpec[] = [
  STATUS,
  PLAN,
  UP,
  DOWN,
  HISTORY,
  DRIFT,
  LINT,
  // Existing databases.
  BASELINE,
  IMPORT,
  REPAIR,
  TARGET,
  LOCK,
  // The server.
  SERVE,
  WORKER,
  TOKEN,
  RUN,
  AUDIT,
  // Setting up.
  INIT,
  NEW,
  DOCTOR,
  COMPLETION,
];

/** Words of other tools, by the name of the command that does the same here. */
export const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  apply: 'up',
  deploy: 'up',
  migrate: 'up',
  downgrade: 'down',
  redo: 'down',
  revert: 'down',
  rollback: 'down',
  undo: 'down',
  upgrade: 'up',
  current: 'status',
  info: 'status',
  list: 'status',
  version: '--version',
  log: 'history',
  diff: 'plan',
  preview: 'plan',
  adopt: 'baseline',
  resolve: 'repair',
  stamp: 'baseline',
  add: 'new',
  setup: 'init',
  create: 'new',
  generate: 'new',
  make: 'new',
  check: 'lint',
  validate: 'lint',
};
