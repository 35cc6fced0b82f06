import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledBinaries, startEmbeddedPostgres, type EmbeddedPostgres } from '@bfm/embedded';

/**
 * Starts the demo's PostgreSQL with its data under `.bfm/postgres`; durable, as a user's own server would be. What it
 * changes elsewhere on the machine is told to `onNotice`.
 */
export async function startServer(
  root: string,
  onNotice: (notice: string) => void,
): Promise<EmbeddedPostgres> {
  await mkdir(join(root, '.bfm'), { recursive: true });
  return startEmbeddedPostgres({
    binaries: await bundledBinaries(),
    onNotice,
    storage: { kind: 'persistent', directory: join(root, '.bfm', 'postgres') },
  });
}
