import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandFolders, type Machine } from '../machine.ts';
import type { ProviderAnswer, ServiceProvider, ServiceSpec } from '../service.ts';

/** A PgBouncer that can be run. */
export interface PgBouncerBinary {
  readonly path: string;
  /** Folders with libraries that the system does not have. */
  readonly libraries: readonly string[];
}

type Answer = ProviderAnswer<PgBouncerBinary>;

const VARIABLE = 'BFM_TEST_PGBOUNCER';

/** Every way to get a PgBouncer; what is downloaded is unpacked into a folder of its own and installed nowhere. */
export function pgBouncerBinary(machine: Machine, cacheFolder: string): ServiceSpec<PgBouncerBinary> {
  return {
    service: 'PgBouncer',
    providers: [fromEnvironment(machine), fromSystem(machine), fromDebian(machine, cacheFolder)],
    remedy: `Install the package pgbouncer, or set ${VARIABLE} to the path of the program.`,
  };
}

function fromEnvironment(machine: Machine): ServiceProvider<PgBouncerBinary> {
  return {
    name: 'environment',
    find: async (): Promise<Answer> => {
      const path = machine.environment[VARIABLE] ?? '';
      if (path === '') return { kind: 'unavailable', reason: `${VARIABLE} is not set` };
      if (await machine.exists(path)) return { kind: 'found', service: { path, libraries: [] } };
      return { kind: 'refused', reason: `${path} of ${VARIABLE} does not exist` };
    },
  };
}

function fromSystem(machine: Machine): ServiceProvider<PgBouncerBinary> {
  return {
    name: 'installed program',
    find: async (): Promise<Answer> => {
      const folders = [...commandFolders(machine), '/usr/sbin'];
      for (const folder of folders) {
        const path = join(folder, 'pgbouncer');
        if (await machine.exists(path)) return { kind: 'found', service: { path, libraries: [] } };
      }
      return { kind: 'unavailable', reason: `no pgbouncer in ${folders.join(', ')}` };
    },
  };
}

function fromDebian(machine: Machine, cacheFolder: string): ServiceProvider<PgBouncerBinary> {
  return {
    name: 'Debian package',
    find: async (): Promise<Answer> => {
      if (!(await machine.exists('/etc/debian_version'))) {
        return { kind: 'unavailable', reason: 'this is not Debian' };
      }
      const path = join(cacheFolder, 'usr/sbin/pgbouncer');
      if (!(await machine.exists(path))) await unpackPackages(machine, cacheFolder);
      return { kind: 'found', service: { path, libraries: await libraryFolders(cacheFolder) } };
    },
  };
}

/** Unpacks the package and the libraries it needs; whoever comes at the same moment finds all of it or nothing. */
async function unpackPackages(machine: Machine, cacheFolder: string): Promise<void> {
  const folder = `${cacheFolder}.${String(process.pid)}`;
  await mkdir(folder, { recursive: true });
  const names = ['pgbouncer', ...(await librariesOf(machine, 'pgbouncer'))];
  const download = ['-c', 'cd "$1" && shift && apt-get download "$@"', 'sh', folder, ...names];
  try {
    await machine.run('/bin/sh', download);
  } catch {
    // The lists of a fresh image are empty.
    await machine.run('apt-get', ['update']);
    const again = ['pgbouncer', ...(await librariesOf(machine, 'pgbouncer'))];
    await machine.run('/bin/sh', [...download.slice(0, 4), ...again]);
  }
  for (const file of await readdir(folder)) {
    if (file.endsWith('.deb')) await machine.run('dpkg', ['-x', join(folder, file), folder]);
  }
  await rename(folder, cacheFolder).catch(() => rm(folder, { recursive: true, force: true }));
}

async function librariesOf(machine: Machine, name: string): Promise<readonly string[]> {
  const { stdout } = await machine.run('apt-cache', ['depends', name]);
  const names = [...stdout.matchAll(/Depends: (lib\S+)/g)].map((match) => match[1] ?? '');
  return names.filter((library) => library !== 'libc6');
}

async function libraryFolders(cacheFolder: string): Promise<readonly string[]> {
  const lib = join(cacheFolder, 'usr/lib');
  const found = await readdir(lib, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => join(lib, name));
}
