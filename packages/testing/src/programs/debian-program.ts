import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandFolders, type Machine } from '../machine.ts';
import type { ProviderAnswer, ServiceProvider, ServiceSpec } from '../service.ts';

/** A program of a Debian package. */
export interface DebianProgram {
  /** For people. */
  readonly service: string;
  /** Its file, such as `pgbouncer`. */
  readonly program: string;
  /** Where the package has it, such as `usr/sbin`. */
  readonly folder: string;
  /** The packages that are needed, the first named to people; the libraries they need come along. */
  readonly packages: readonly [string, ...string[]];
  /** Names the variable with the path of another one. */
  readonly variable: string;
}

/** A program that can be run. */
export interface ProgramBinary {
  readonly path: string;
  /** Folders with libraries that the system does not have. */
  readonly libraries: readonly string[];
}

type Answer = ProviderAnswer<ProgramBinary>;

/** Every way to get a program; what is downloaded is unpacked into a folder of its own and installed nowhere. */
export function programBinary(
  wanted: DebianProgram,
  machine: Machine,
  cacheFolder: string,
): ServiceSpec<ProgramBinary> {
  const [name] = wanted.packages;
  return {
    service: wanted.service,
    providers: [
      fromEnvironment(wanted, machine),
      fromSystem(wanted, machine),
      fromDebian(wanted, machine, cacheFolder),
    ],
    remedy: `Install the package ${name}, or set ${wanted.variable} to the path of the program.`,
  };
}

function fromEnvironment({ variable }: DebianProgram, machine: Machine): ServiceProvider<ProgramBinary> {
  return {
    name: 'environment',
    find: async (): Promise<Answer> => {
      const path = machine.environment[variable] ?? '';
      if (path === '') return { kind: 'unavailable', reason: `${variable} is not set` };
      if (await machine.exists(path)) return { kind: 'found', service: { path, libraries: [] } };
      return { kind: 'refused', reason: `${path} of ${variable} does not exist` };
    },
  };
}

function fromSystem({ program }: DebianProgram, machine: Machine): ServiceProvider<ProgramBinary> {
  return {
    name: 'installed program',
    find: async (): Promise<Answer> => {
      const folders = [...commandFolders(machine), '/usr/sbin'];
      for (const folder of folders) {
        const path = join(folder, program);
        if (await machine.exists(path)) return { kind: 'found', service: { path, libraries: [] } };
      }
      return { kind: 'unavailable', reason: `no ${program} in ${folders.join(', ')}` };
    },
  };
}

function fromDebian(
  { program, folder, packages }: DebianProgram,
  machine: Machine,
  cacheFolder: string,
): ServiceProvider<ProgramBinary> {
  return {
    name: 'Debian package',
    find: async (): Promise<Answer> => {
      if (!(await machine.exists('/etc/debian_version'))) {
        return { kind: 'unavailable', reason: 'this is not Debian' };
      }
      const path = join(cacheFolder, folder, program);
      if (!(await machine.exists(path))) await unpackPackages(packages, machine, cacheFolder);
      return { kind: 'found', service: { path, libraries: await libraryFolders(cacheFolder) } };
    },
  };
}

/** Unpacks packages and the libraries they need; whoever comes at the same moment finds all of it or nothing. */
async function unpackPackages(
  packages: readonly string[],
  machine: Machine,
  cacheFolder: string,
): Promise<void> {
  const folder = `${cacheFolder}.${String(process.pid)}`;
  await mkdir(folder, { recursive: true });
  const download = async (): Promise<void> => {
    const names = [...packages, ...(await librariesOf(machine, packages))];
    await machine.run('/bin/sh', ['-c', 'cd "$1" && shift && apt-get download "$@"', 'sh', folder, ...names]);
  };
  try {
    await download();
  } catch {
    // The lists of a fresh image are empty. Two at once would turn each other away.
    await machine.run('flock', ['/tmp/bfm-apt-update.lock', 'apt-get', 'update']);
    await download();
  }
  for (const file of await readdir(folder)) {
    if (file.endsWith('.deb')) await machine.run('dpkg', ['-x', join(folder, file), folder]);
  }
  await rename(folder, cacheFolder).catch(() => rm(folder, { recursive: true, force: true }));
}

async function librariesOf(machine: Machine, packages: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await machine.run('apt-cache', ['depends', ...packages]);
  const names = [...stdout.matchAll(/Depends: (lib\S+)/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].filter((library) => library !== 'libc6');
}

async function libraryFolders(cacheFolder: string): Promise<readonly string[]> {
  const lib = join(cacheFolder, 'usr/lib');
  const found = await readdir(lib, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => join(lib, name));
}
