import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledBinaries, resolveBinaries, startEmbeddedPostgres } from '@bfm/embedded';

/** The server that everything is measured against. */
export interface BenchServer extends AsyncDisposable {
  /** For people: which server, which settings. */
  readonly description: string;
  url(database: string): string;
  /** Processor time that all its processes have used so far; `null` when that cannot be known. */
  cpuSeconds(): Promise<number | null>;
}

/** The server at `BFM_BENCH_URL`, or a stock PostgreSQL of its own: fsync on, files gone afterwards. */
export async function startServer(address: string | undefined, major: 15 | 18): Promise<BenchServer> {
  if (address !== undefined && address !== '') return existingServer(address);
  const server = await startEmbeddedPostgres({
    binaries: major === 18 ? await bundledBinaries() : await olderBinaries(major),
    storage: { kind: 'ephemeral' },
  });
  return {
    description: `embedded PostgreSQL ${major}, stock settings`,
    url: (database) => server.url(database),
    cpuSeconds: () => cpuSecondsOf(server.pid),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** The tests bring an older PostgreSQL. */
function olderBinaries(major: number): ReturnType<typeof resolveBinaries> {
  const from = join(import.meta.dirname, '..', 'packages', 'testing', 'src', 'index.ts');
  return resolveBinaries({ packageScope: `@bfm-postgres-${major}`, from });
}

function existingServer(address: string): BenchServer {
  return {
    description: 'the server at BFM_BENCH_URL',
    url: (database) => {
      const url = new URL(address);
      url.pathname = `/${database}`;
      return url.href;
    },
    cpuSeconds: () => Promise.resolve(null),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const TICKS_PER_SECOND = 100;

/** Of a postmaster: its own time, that of its children that have ended, and that of those that live. Linux only. */
async function cpuSecondsOf(postmaster: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const ticks = await Promise.all(pids.map((pid) => ticksOf(pid, postmaster)));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

async function ticksOf(pid: string, postmaster: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // After the name in brackets: state, parent, ..., and from the twelfth on user, system and the same of children.
  const fields = stat.split(') ').at(-1)?.split(' ') ?? [];
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  if (Number(pid) === postmaster) return user + system + childUser + childSystem;
  return Number(fields[1]) === postmaster ? user + system : 0;
}
