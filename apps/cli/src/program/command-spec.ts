import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';

/** Under which heading a command stands in `bfm --help`. */
export const COMMAND_GROUPS = ['Every day', 'Existing databases', 'The server', 'Setting up'] as const;

/** One of {@link COMMAND_GROUPS}. */
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** A command line as it is typed, and what it is good for. */
export type Example = readonly [commandLine: string, meaning: string];

interface SpecBase {
  readonly name: string;
  readonly group: CommandGroup;
  /** One sentence. */
  readonly summary: string;
  /** What is needed most comes first. */
  readonly examples: readonly Example[];
  /** Paragraphs that stand below the options. */
  readonly notes?: readonly string[];
  /** It looks at all the others, which otherwise are not built when one is run. */
  readonly needsAll?: true;
}

/** A command that does something. */
export interface LeafSpec extends SpecBase {
  /** It works through a server as well (`--server`). */
  readonly remote?: true;
  readonly addOptions: (command: Command) => void;
  /**
   * Loads the command, which `bfm --help` does not wait for, and runs it.
   *
   * @returns the exit code
   */
  readonly run: (command: Command, invocation: Invocation) => Promise<number>;
}

/** A command that has commands below it, such as `bfm repair`. */
export interface ParentSpec extends SpecBase {
  readonly subcommands: readonly LeafSpec[];
}

/**
 * A command of the CLI: what parses it, its help, the reference in docs/reference/cli.md and the completion of shells are
 * all made from this.
 */
export type CommandSpec = LeafSpec | ParentSpec;
