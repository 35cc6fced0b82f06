import { BfmError, exitCodeOf, isBfmError } from '@bfm/core';
import { CommanderError } from 'commander';
import type { Invocation } from './invocation.ts';
import { buildProgram } from './program.ts';

const COMMANDS = ['status', 'plan', 'up', 'down', 'history', 'baseline'];

/**
 * Runs one command line and tells what went wrong, if anything did.
 *
 * @param args without the names of Node and the script
 * @returns the exit code
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const invocation: Invocation = { exitCode: 0, sourceRoot: null };
  try {
    await buildProgram(invocation).parseAsync(args, { from: 'user' });
    return invocation.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error)) return error.exitCode === 0 ? 0 : 2;
    const told = toBfmError(error, args);
    const { tellError } = await import('./output/tell-error.ts');
    tellError(told, { ...outputOptions(args), sourceRoot: invocation.sourceRoot });
    return exitCodeOf(told.code);
  }
}

/** Help and version have been printed already; a bare `bfm`, which asks for nothing, has an exit code that is not 0. */
function isHelp({ code }: CommanderError): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
}

function toBfmError(error: unknown, args: readonly string[]): BfmError {
  if (isBfmError(error)) return error;
  if (error instanceof CommanderError) {
    const command = args.find((argument) => COMMANDS.includes(argument));
    return new BfmError('request.invalid', {
      message: error.message.replace(/^error: /, '').replace(/\n\(Did (.*)\)$/, '; did $1'),
      next: command === undefined ? 'bfm --help' : `bfm ${command} --help`,
    });
  }
  return new BfmError('internal.invariant', {
    message: `unexpected: ${error instanceof Error ? error.message : String(error)}`,
    next: 'please report this, with the command and what BFM_DEBUG=1 prints',
    cause: error,
  });
}

/** The command line may be the very thing that could not be read, so these two are looked for by hand. */
function outputOptions(args: readonly string[]): { json: boolean; color: boolean } {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return { json: options.includes('--json'), color: !options.includes('--no-color') };
}
