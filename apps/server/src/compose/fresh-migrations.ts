import { describeFaults } from './describe-faults.ts';
import type { ComposedProcess } from './compose-process.ts';
import { noteMigrations } from './note-migrations.ts';
import type { ProcessOptions } from './server-options.ts';
import { watchMigrations } from './watch-migrations.ts';

/** Where a folder that cannot be watched is looked at instead, when nobody says how often. */
const LOOK_MS = 30_000;

/** What is kept fresh. */
export interface Freshness extends Pick<ComposedProcess, 'control' | 'log'> {
  readonly options: ProcessOptions;
  /** Whether the state is told, too; of several processes one is enough. */
  readonly noted: boolean;
}

/** Reads migrations again after every change of their folder, and tells what is wrong with them. Ends with the signal. */
export function keepMigrationsFresh({ control, log, options, noted }: Freshness, signal: AbortSignal): void {
  const lines = log('migrations');
  const { sfm, server } = options;
  const note = async (): Promise<void> => {
    if (!noted) return;
    const changes = await noteMigrations(control);
    if (changes > 0) lines.info({ changes }, 'migrations changed');
  };
  const look = async (): Promise<void> => {
    try {
      const before = describeFaults(control.catalogs.current());
      const now = describeFaults(await control.catalogs.reload());
      for (const line of now) if (!before.includes(line)) lines.warn(line);
      await note();
    } catch (error) {
      lines.error({ err: error }, 'migrations could not be read; those read before stay in force');
    }
  };
  for (const line of describeFaults(control.catalogs.current())) lines.warn(line);
  note().catch((error: unknown) => lines.error({ err: error }, 'the state could not be told of migrations'));
  const watching = { folder: sfm, everyMs: server.reindexIntervalMs, onChange: look };
  watchMigrations(
    {
      ...watching,
      onBlind: (error) => {
        lines.warn({ err: error }, 'the folder of migrations cannot be watched; it is looked at instead');
        const timer = setInterval(() => void look(), LOOK_MS);
        signal.addEventListener('abort', () => clearInterval(timer), { once: true });
      },
    },
    signal,
  );
}
