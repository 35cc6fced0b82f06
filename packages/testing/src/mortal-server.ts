import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundledBinaries,
  resolveBinaries,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@bfm/embedded';
import type { PostgresMajor } from './test-server.ts';

/**
 * How a server ends: it sends its clients away, it lets its processes fall and recovers later, or all of them are killed
 * in one go, so that none can finish what it was doing.
 */
export type Death = 'fast' | 'immediate' | 'crash';

/** A PostgreSQL of a test's own, which dies and comes back at the same address with the same data. */
export interface MortalServer extends AsyncDisposable {
  readonly major: PostgresMajor;
  /** Address of a database, as a superuser. @default the database `postgres` */
  url(database?: string): string;
  /** Ends it, and resolves when no process of it is left. */
  die(how: Death): Promise<void>;
  /** Starts it after its death, and resolves once it takes connections. */
  revive(): Promise<void>;
}

/** Starts a server that a test may end as it likes. What it was told is committed survives everything but the machine. */
export async function startMortalServer(
  major: PostgresMajor,
  settings: Readonly<Record<string, string>> = {},
): Promise<MortalServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bfm-mortal-'));
  const binaries =
    major === 18
      ? await bundledBinaries()
      : await resolveBinaries({ packageScope: `@bfm-postgres-${String(major)}`, from: import.meta.url });
  const start = async (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      binaries,
      storage: { kind: 'persistent', directory: join(folder, 'pg') },
      settings: { max_connections: '200', fsync: 'off', ...settings },
      stopGraceSeconds: 5,
    });
  let server = await start();
  return {
    major,
    url: (database) => server.url(database),
    die: async (how) => {
      if (how === 'crash') await killAtOnce(server.pid);
      else process.kill(server.pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await server.exited;
    },
    revive: async () => {
      server = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Kills a postmaster and its children. */
async function killAtOnce(postmaster: number): Promise<void> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (Number(stat.split(') ').at(-1)?.split(' ')[1]) === postmaster) children.push(Number(name));
  }
  for (const pid of [postmaster, ...children]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // A backend may have ended since it was listed.
    }
  }
}
