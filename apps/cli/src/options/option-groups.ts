import type { Command } from 'commander';
import { collect, oneOf, parseDuration, parseDurationOrNone, wholeNumber } from './option-values.ts';

/** What `--to` means on the way up. */
export const UP_TO = 'up to and including this version (14 digits)';
/** What `--to` means on the way down. */
export const DOWN_TO = 'what is newer than this version (14 digits); it stays';

const CONCURRENCY_MAX = 256;
const ATTEMPTS_MAX = 100;
const FAILURES_MAX = 1_000_000;
const STEPS_MAX = 100_000;

/** Adds the options that say which targets. */
export function addTargetSelectors(command: Command): Command {
  return command
    .optionsGroup('Which targets:')
    .option('--connection <name>', 'only this connection (repeatable)', collect)
    .option(
      '--backend <kind>',
      'only connections of this kind: postgresql, greptimedb, etcd (repeatable)',
      collect,
    )
    .option('--schema <name>', 'this schema (repeatable)', collect)
    .option(
      '--schemas-from <source>',
      "schemas from a file with one name per line (# begins a comment), - for stdin, or 'SELECT ...'",
    )
    .option('--all-tenants', "every schema that the connection's tenant query lists");
}

/** Adds the options that say which migrations. */
export function addMigrationSelectors(command: Command, toMeaning: string): Command {
  return command
    .optionsGroup('Which migrations:')
    .option('--to <version>', toMeaning)
    .option('--tag <key=value>', 'only migrations with this tag (repeatable, all must match)', collect)
    .option('--migration <id>', 'only this one: id, version, name or connection/name (repeatable)', collect);
}

/** Adds the options that say how far down to go. */
export function addDownBounds(command: Command): Command {
  return command
    .option('--steps <n>', 'down: the newest n of each target', wholeNumber(STEPS_MAX))
    .option('--all', 'down: everything');
}

/** Adds the options that say what a plan may do. */
export function addPlanSettings(command: Command): Command {
  return command
    .optionsGroup('What is allowed:')
    .option('--create-schemas', 'create listed schemas that do not exist; without, they are skipped by name')
    .option(
      '--out-of-order <refuse|allow>',
      'migrations older than applied ones (default: refuse)',
      oneOf(['refuse', 'allow']),
    )
    .option('--allow-non-empty', 'apply to schemas that hold objects BFM knows nothing of');
}

/** Adds the options that say how ledgers are changed by hand, one target after the other. */
export function addDryRun(command: Command): Command {
  return command
    .optionsGroup('How it runs:')
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--yes', 'do not ask')
    .option('--lock-wait <time>', 'wait so long for another run to end (default: 10s)', parseDurationOrNone);
}

/** Adds the options that say how ledgers are changed by hand, several targets at once. */
export function addEditSettings(command: Command): Command {
  return addDryRun(command).option(
    '--concurrency <n>',
    'targets worked on at once (default: 4)',
    wholeNumber(CONCURRENCY_MAX),
  );
}

/** Adds the options that say how a plan is carried out. */
export function addRunSettings(command: Command): Command {
  return addWaits(addRunWays(command));
}

function addRunWays(command: Command): Command {
  return command
    .optionsGroup('How it runs:')
    .option(
      '--plan <file>',
      'apply exactly this plan, as bfm plan --out wrote it; refused when the world has changed',
    )
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('--yes', 'do not ask')
    .option('--concurrency <n>', 'targets worked on at once (default: 4)', wholeNumber(CONCURRENCY_MAX))
    .option('--fail-fast', 'begin nothing new after the first failure: --max-failures 1')
    .option(
      '--max-failures <n>',
      'begin nothing new once so many targets have failed (default: the others go on)',
      wholeNumber(FAILURES_MAX),
    )
    .option(
      '--unit <what>',
      'what fails as one: a target (default), or a tenant with all its stores',
      oneOf(['target', 'tenant']),
    )
    .option(
      '--on-failure <what>',
      'with --unit tenant: keep what was applied in a unit that fails (default), or compensate, which takes it back',
      oneOf(['keep', 'compensate']),
    )
    .option(
      '--commit <unit>',
      'a transaction per-migration (default) or per-target',
      oneOf(['per-migration', 'per-target']),
    )
    .option('--detach', 'with --server: start the run, print its id, and leave it to the server')
    .option('--verbose', 'list every statement, however many there are (default: up to 100)');
}

function addWaits(command: Command): Command {
  return command
    .optionsGroup('Waiting:')
    .option('--lock-wait <time>', 'wait so long for another run to end (default: 10s)', parseDurationOrNone)
    .option(
      '--lock-timeout <time>',
      'let readers queue behind a statement no longer (default: 2s)',
      parseDuration,
    )
    .option(
      '--statement-timeout <time>',
      'cancel a statement after this time (default: never)',
      parseDurationOrNone,
    )
    .option(
      '--batch-pause <time>',
      'rest between two batches of a backfill (default: what its file says, or none)',
      parseDurationOrNone,
    )
    .option(
      '--attempts <n>',
      'tries of a transaction when locks are held (default: 10)',
      wholeNumber(ATTEMPTS_MAX),
    );
}
