import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  bundledBinaries,
  resolveBinaries,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@bfm/embedded';
import { Client } from 'pg';
import { ADMIN_APPLICATION_NAME } from './test-run.ts';
import type { PostgresMajor } from './test-server.ts';

/**
 * How a server ends: it sends its clients away, it lets its processes fall and recovers later, or all of them are killed
 * in one go, so that none can finish what it was doing.
 */
export type Death = 'fast' | 'immediate' | 'crash';

/**
 * What a server comes back as: a standby, which is in recovery and takes no writes, another one at the same address, or itself
 * with the data of its last backup.
 */
export type Life = 'itself' | 'a standby' | 'another' | 'its backup';

/** A PostgreSQL of a test's own, which dies and comes back at the same address with the same data. */
export interface MortalServer extends AsyncDisposable {
  readonly major: PostgresMajor;
  /** Address of a database, as a superuser. @default the database `postgres` */
  url(database?: string): string;
  /** Ends it, and resolves when no process of it is left. */
  die(how: Death): Promise<void>;
  /** Copies its data, while it is dead. */
  backUp(): Promise<void>;
  /** Starts it after its death, as what it was unless another life is named, and resolves once it takes connections. */
  revive(as?: Life): Promise<void>;
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
  // Whichever comes back, it is known by the same name, port and password.
  const password = randomBytes(16).toString('hex');
  const start = async (name: string, port?: number): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      binaries,
      storage: { kind: 'persistent', directory: join(folder, name) },
      password,
      ...(port === undefined ? {} : { port }),
      settings: { max_connections: '200', fsync: 'off', ...settings },
      stopGraceSeconds: 5,
    });
  let server = await start('pg');
  const data = await dataDirectory(server.url());
  return {
    major,
    url: (database) => server.url(database),
    die: async (how) => {
      if (how === 'crash') await killAtOnce(server.pid);
      else process.kill(server.pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await server.exited;
    },
    backUp: () => copyWhole(data, `${data}_backup`),
    revive: async (as = 'itself') => {
      if (as === 'its backup') await copyWhole(`${data}_backup`, data);
      if (as === 'a standby') await makeStandby(data);
      server = await start(as === 'another' ? 'pg_another' : 'pg', server.port);
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function dataDirectory(url: string): Promise<string> {
  const client = new Client({ connectionString: url, application_name: ADMIN_APPLICATION_NAME });
  await client.connect();
  const { rows } = await client.query<{ data: string }>(`SELECT current_setting('data_directory') AS data`);
  await client.end();
  return rows[0]?.data ?? '';
}

/** Owners and rights are kept: a server refuses data that is not its user's. */
async function copyWhole(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await promisify(execFile)('cp', ['-a', from, to]);
}

/** Without anybody to follow it stays in recovery until it is promoted. */
async function makeStandby(data: string): Promise<void> {
  const signal = join(data, 'standby.signal');
  const { uid, gid } = await stat(data);
  await writeFile(signal, '');
  await chown(signal, uid, gid);
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
