import { execFile } from 'node:child_process';
import { access, constants, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';

/** What a finished command printed; its exit code was 0. */
export interface CommandOutput {
  readonly stdout: string;
}

/** The machine the tests run on, as far as finding services goes. Tests of the finding itself pass another. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  /** Runs a command to its end; rejects with what it said when it is missing or fails. */
  run(file: string, args: readonly string[]): Promise<CommandOutput>;
  /** Tells whether a file exists. */
  exists(path: string): Promise<boolean>;
  /** Writes a text file. */
  write(path: string, text: string): Promise<void>;
}

/** The real machine. */
export const thisMachine: Machine = {
  environment: process.env,
  isRoot: process.getuid?.() === 0,
  run,
  exists: (path) =>
    access(path, constants.F_OK).then(
      () => true,
      () => false,
    ),
  write: (path, text) => writeFile(path, text),
};

/** The folders in which a machine looks for commands. */
export function commandFolders(machine: Machine): readonly string[] {
  return (machine.environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

function run(file: string, args: readonly string[]): Promise<CommandOutput> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout });
      else reject(new Error(lastLine(stderr) ?? error.message, { cause: error }));
    });
  });
}

function lastLine(text: string): string | undefined {
  return text
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim();
}
