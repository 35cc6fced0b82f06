import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Interruption } from './interruption.ts';

/** A Node program that the demo runs as a child process. */
export interface Command {
  /** What a user would type for it. */
  readonly shown: string;
  /** The script and its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to this process's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdio: 'inherit' | 'errors-only';
}

/**
 * Runs a command to its end and returns its exit code (128 + number for a signal). When the demo is asked to end, the
 * command is asked to end, too, and waited for.
 *
 * @throws {Interrupted} when the demo was asked to end before or meanwhile.
 */
export async function runCommand(command: Command, interruption: Interruption): Promise<number> {
  interruption.check();
  const child = spawn(process.execPath, [...command.args], {
    cwd: command.cwd,
    env: { ...process.env, ...command.environment },
    stdio: command.stdio === 'inherit' ? 'inherit' : ['ignore', 'ignore', 'inherit'],
  });
  void interruption.requested.then((signal) => {
    // At a terminal Ctrl-C has already reached the child, and a second one would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  interruption.check();
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
