import { Command } from 'commander';
import type { Invocation } from './invocation.ts';
import { EXAMPLES, EXIT_CODES } from './options/help-texts.ts';
import {
  addDownBounds,
  addMigrationSelectors,
  addPlanSettings,
  addRunSettings,
  addTargetSelectors,
} from './options/option-groups.ts';
import type {
  ApplyCommandOptions,
  HistoryCommandOptions,
  PlanCommandOptions,
  StatusCommandOptions,
} from './options/option-types.ts';
import { collect, wholeNumber } from './options/option-values.ts';
import { addBaseline } from './program/baseline-command.ts';
import { readVersion } from './version.ts';

const LIMIT_MAX = 1000;
const UP_TO = 'up to and including this version (14 digits)';
const DOWN_TO = 'what is newer than this version (14 digits); it stays';

/**
 * The command line as commander sees it. The commands themselves are loaded when one is run: `bfm --help` must not wait
 * for a database driver.
 */
export function buildProgram(invocation: Invocation): Command {
  const program = new Command('bfm')
    .description('Backend For Migrations: schema changes for every tenant, from one plan, exactly once.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    // What is wrong is told once, in the form of all errors, by whoever catches it.
    .configureOutput({ outputError: () => undefined })
    .option('--sfm <dir>', 'the folder of migrations (BFM_SFM_PATH, default: ./sfm)')
    .option('--env-file <file>', "read variables from this file too; the environment's own go first")
    .option('--json', 'one JSON document on stdout; text for people goes to stderr')
    .option('--no-color', 'no colours (also NO_COLOR; FORCE_COLOR forces them)')
    .addHelpText('after', EXIT_CODES);
  addStatus(program, invocation);
  addPlan(program, invocation);
  addUp(program, invocation);
  addDown(program, invocation);
  addHistory(program, invocation);
  addBaseline(program, invocation);
  return program;
}

function addStatus(program: Command, invocation: Invocation): void {
  const command = program.command('status').description('Show how every target stands.');
  addTargetSelectors(command);
  addMigrationSelectors(command, UP_TO)
    .optionsGroup('Answer:')
    .option('--exit-code', 'exit 6 when anything is pending or has drifted')
    .addHelpText('after', EXAMPLES.status)
    .action(async () => {
      const { runStatus } = await import('./commands/status.ts');
      invocation.exitCode = await runStatus(command.optsWithGlobals<StatusCommandOptions>(), invocation);
    });
}

function addPlan(program: Command, invocation: Invocation): void {
  const command = program
    .command('plan')
    .description('Show what would be done, with the SQL; change nothing.');
  addTargetSelectors(command);
  addMigrationSelectors(command, `${UP_TO}; with --down: ${DOWN_TO}`);
  addDownBounds(command.option('--down', 'plan rolling back'));
  addPlanSettings(command)
    .optionsGroup('Answer:')
    .option('--out <file>', 'save the plan, for --plan of bfm up and bfm down')
    .option('--exit-code', 'exit 6 when there is something to do')
    .addHelpText('after', EXAMPLES.plan)
    .action(async () => {
      const { runPlanCommand } = await import('./commands/plan.ts');
      invocation.exitCode = await runPlanCommand(command.optsWithGlobals<PlanCommandOptions>(), invocation);
    });
}

function addUp(program: Command, invocation: Invocation): void {
  const command = program.command('up').description('Apply what is pending.');
  addTargetSelectors(command);
  addMigrationSelectors(command, UP_TO);
  addPlanSettings(command);
  addRunSettings(command)
    .addHelpText('after', EXAMPLES.up)
    .action(async () => {
      const { runUp } = await import('./commands/up.ts');
      invocation.exitCode = await runUp(command.optsWithGlobals<ApplyCommandOptions>(), invocation);
    });
}

function addDown(program: Command, invocation: Invocation): void {
  const command = program.command('down').description('Roll back what is applied.');
  addTargetSelectors(command);
  addDownBounds(addMigrationSelectors(command, DOWN_TO));
  addRunSettings(command)
    .addHelpText('after', EXAMPLES.down)
    .action(async () => {
      const { runDown } = await import('./commands/down.ts');
      invocation.exitCode = await runDown(command.optsWithGlobals<ApplyCommandOptions>(), invocation);
    });
}

function addHistory(program: Command, invocation: Invocation): void {
  const command = program.command('history').description('Show what was done, newest first.');
  addTargetSelectors(command)
    .optionsGroup('Which events:')
    .option('--migration <id>', 'only this one: id, version, name or connection/name (repeatable)', collect)
    .option('--limit <n>', 'at most so many (default: 20)', wholeNumber(LIMIT_MAX))
    .option('--cursor <text>', 'go on where the page before ended')
    .addHelpText('after', EXAMPLES.history)
    .action(async () => {
      const { runHistory } = await import('./commands/history.ts');
      invocation.exitCode = await runHistory(command.optsWithGlobals<HistoryCommandOptions>(), invocation);
    });
}
