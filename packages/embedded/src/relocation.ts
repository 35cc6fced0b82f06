import { createHash } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where root keeps what the server's user must reach but cannot reach in the requested place. */
export const RELOCATION_ROOT = '/var/lib/bfm-embedded';

/** Creates a directory that everybody may enter, whatever the umask says; leaves an existing one as it is. */
export async function ensureOpenDirectory(path: string): Promise<string> {
  const created = await mkdir(path, { recursive: true, mode: 0o755 });
  if (created !== undefined) await chmod(path, 0o755);
  return path;
}

/** The place under the relocation root that stands for one requested directory: always the same for the same path. */
export function relocatedPath(relocationRoot: string, requested: string): string {
  return join(relocationRoot, createHash('sha256').update(requested).digest('hex').slice(0, 16));
}
