import { execFile } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The folder that the other tools are installed in. */
export const PEERS = join(import.meta.dirname, 'peers');

/** Installs the other tools as their own lockfile says, unless that is done already. */
export async function installPeers(): Promise<void> {
  const stamp = join(PEERS, 'node_modules', '.installed');
  const lock = await readFile(join(PEERS, 'package-lock.json'), 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => null)) === lock) return;
  await promisify(execFile)('npm', ['ci'], { cwd: PEERS });
  await writeFile(stamp, lock);
}

/** dbmate's own program, without the Node that its npm package would start first; `null` where it has none. */
export async function findDbmate(): Promise<string | null> {
  const { platform, arch } = process;
  const program = join(PEERS, 'node_modules', '@dbmate', `${platform}-${arch}`, 'bin', 'dbmate');
  return access(program).then(
    () => program,
    () => null,
  );
}
