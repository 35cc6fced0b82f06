import { Command, CommanderError } from 'commander';
import type { Invocation } from '../invocation.ts';
import type { Look } from '../output/look.ts';
import { readVersion } from '../version.ts';
import type { CommandSpec, LeafSpec } from './command-spec.ts';
import { COMMANDS } from './command-tree.ts';
import { addGlobalOptions } from './global-options.ts';
import { refuseServer } from './refuse-server.ts';
import { commandFormatter, overviewFormatter, type HelpFormatter } from './show-help.ts';

/** What a program is built for. */
export interface ProgramOptions {
  /** Left with what the command that was run says. */
  readonly invocation: Invocation;
  /** How help is to look. */
  readonly look: () => Look;
  /** Writes help. */
  readonly write: (text: string) => void;
  /** Only this command is needed, if it is one: building all takes longer. */
  readonly only?: string | undefined;
}

/**
 * The command line as commander sees it. The commands themselves are loaded when one is run: `bfm --help` must not wait
 * for a database driver.
 */
export function buildProgram(options: ProgramOptions): Command {
  const program = prepare(new Command('bfm'), overviewFormatter(options.look))
    .configureOutput({
      writeOut: options.write,
      // What is wrong is told once, in the form of all errors, by whoever catches it.
      outputError: () => undefined,
    })
    .helpCommand(false)
    .option('-V, --version', 'print the version')
    .on('option:version', () => {
      options.write(`${readVersion()}\n`);
      throw new CommanderError(0, 'commander.version', '');
    });
  addGlobalOptions(program);
  const asked = COMMANDS.filter(({ name, needsAll }) => name === options.only && needsAll === undefined);
  for (const spec of asked.length > 0 ? asked : COMMANDS) addCommand(program, spec, options);
  return program;
}

function addCommand(parent: Command, spec: CommandSpec, options: ProgramOptions): void {
  const command = prepare(parent.command(spec.name), commandFormatter(spec, options.look));
  command.description(spec.summary);
  if ('subcommands' in spec) for (const each of spec.subcommands) addCommand(command, each, options);
  else addLeaf(command, spec, options.invocation);
}

function addLeaf(command: Command, { addOptions, remote, run }: LeafSpec, invocation: Invocation): void {
  addOptions(command);
  command.action(async () => {
    if (remote !== true) refuseServer(command);
    invocation.exitCode = await run(command, invocation);
  });
}

function prepare(command: Command, formatHelp: HelpFormatter): Command {
  return command.configureHelp({ formatHelp }).exitOverride();
}
