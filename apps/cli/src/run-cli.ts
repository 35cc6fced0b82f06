import { BfmError, exitCodeOf, isBfmError } from '@bfm/core';
import { CommanderError } from 'commander';
import type { Invocation } from './invocation.ts';
import { requireBoundValues } from './options/bound-values.ts';
import { requireCommandPath, toCommandLineError } from './options/command-line-error.ts';
import { keepGivenPlaces } from './output/given-places.ts';
import type { Look } from './output/look.ts';
import { createTerminal, type OutputOptions, type Screen } from './output/terminal.ts';
import { buildProgram } from './program/build-program.ts';
import { shortHelp } from './program/show-help.ts';

const EXIT_USAGE = 2;
const PAGE_WIDTH = 80;
/** Options that take no value, so that the word behind them is a command. */
const FLAGS: ReadonlySet<string> = new Set(['--json', '-q', '--quiet', '--no-color']);

/**
 * Runs one command line and tells what went wrong, if anything did.
 *
 * @param args without the names of Node and the script
 * @returns the exit code
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const invocation: Invocation = { exitCode: 0, sourceRoot: null };
  keepGivenPlaces(args);
  try {
    return await runCommand(args, invocation);
  } catch (error) {
    const told = toBfmError(error, args);
    const { tellError } = await import('./output/tell-error.ts');
    tellError(told, { ...outputOptions(args), sourceRoot: invocation.sourceRoot });
    return exitCodeOf(told.code);
  }
}

async function runCommand(args: readonly string[], invocation: Invocation): Promise<number> {
  if (args.length === 0) return tellShortHelp();
  const words = withoutHelpCommand(args);
  const { people } = createTerminal({ ...outputOptions(args), json: false });
  const program = buildProgram({
    invocation,
    look: () => helpLook(people),
    write: (text) => {
      people.print([text.trimEnd()]);
    },
    only: words[indexOfCommand(words)],
  });
  requireBoundValues(program, words);
  try {
    await program.parseAsync(words, { from: 'user' });
    return invocation.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError) || !isHelp(error)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}

/** `bfm help up` is `bfm up --help`. */
function withoutHelpCommand(args: readonly string[]): readonly string[] {
  const first = indexOfCommand(args);
  if (args[first] !== 'help') return args;
  return [...args.slice(0, first), ...requireCommandPath(args.slice(first + 1)), '--help'];
}

/** Where the command's name stands, as far as that can be said without knowing all options. */
function indexOfCommand(args: readonly string[]): number {
  return args.findIndex((word) => !FLAGS.has(word));
}

/** In a pipe, help is as wide as the pages that people read there. */
function helpLook({ look, isTty }: Screen): Look {
  return isTty ? look : { ...look, width: Math.min(look.width, PAGE_WIDTH) };
}

/** Nothing was asked for: not what a script wants, so that it is no success. */
function tellShortHelp(): number {
  const { notes } = createTerminal({ json: false, color: true, quiet: false });
  notes.print(shortHelp(helpLook(notes)));
  return EXIT_USAGE;
}

/** Help and version have been printed already. */
function isHelp({ code }: CommanderError): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
}

function toBfmError(error: unknown, args: readonly string[]): BfmError {
  if (isBfmError(error)) return error;
  if (error instanceof CommanderError) return toCommandLineError(error, args);
  return new BfmError('internal.invariant', {
    message: `unexpected: ${error instanceof Error ? error.message : String(error)}`,
    next: 'please report this, with the command and what BFM_DEBUG=1 prints',
    cause: error,
  });
}

/** The command line may be the very thing that could not be read, so these are looked for by hand. */
function outputOptions(args: readonly string[]): OutputOptions {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return {
    json: options.includes('--json'),
    color: !options.includes('--no-color'),
    quiet: false,
  };
}
