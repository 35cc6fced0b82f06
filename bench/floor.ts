import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Says what is missing and what to install. */
export class MissingToolError extends Error {}

/**
 * Compiles the floor: the same SQL and a ledger row by a C client over libpq, the least any tool can take.
 *
 * @returns the program's path
 * @throws {MissingToolError}
 */
export async function compileFloor(folder: string): Promise<string> {
  const source = join(import.meta.dirname, 'floor.c');
  const program = join(folder, 'floor');
  const [include, lib] = await Promise.all([askPgConfig('--includedir'), askPgConfig('--libdir')]);
  try {
    await exec('gcc', ['-O2', `-I${include}`, '-o', program, source, `-L${lib}`, '-lpq', '-lpthread']);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new MissingToolError(`the floor does not compile; apt-get install gcc libpq-dev\n${found}`);
  }
  return program;
}

async function askPgConfig(flag: string): Promise<string> {
  try {
    return (await exec('pg_config', [flag])).stdout.trim();
  } catch {
    throw new MissingToolError('pg_config is missing; apt-get install libpq-dev');
  }
}
