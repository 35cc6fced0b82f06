import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GENERATOR, PROTO } from './contract-folders.ts';

const run = promisify(execFile);

/** Generates into a folder of its own, which is gone after `use`. */
export async function generate<T>(use: (folder: string) => Promise<T>): Promise<T> {
  await installGenerator();
  const folder = await mkdtemp(join(tmpdir(), 'bfm-proto-'));
  try {
    // Run in the generator's folder: the template names its plugin relative to that.
    const args = ['generate', PROTO, '--template', 'buf.gen.yaml', '--output', folder];
    await run(join('node_modules', '.bin', 'buf'), args, { cwd: GENERATOR });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Installs the generators as their own lockfile says, unless that is done already. */
async function installGenerator(): Promise<void> {
  const stamp = join(GENERATOR, 'node_modules', '.installed');
  const lock = await readFile(join(GENERATOR, 'package-lock.json'), 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => null)) === lock) return;
  // Not `ci`: that fails where a registry lacks the package of some other platform.
  await run('npm', ['install', '--no-save'], { cwd: GENERATOR });
  await writeFile(stamp, lock);
}
