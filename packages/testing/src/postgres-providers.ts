import { join } from 'node:path';
import { bundledBinaries, resolveBinaries, systemBinaries, type PostgresBinaries } from '@bfm/embedded';
import { startPostgresContainer } from './postgres-container.ts';
import { commandFolders, type Machine } from './machine.ts';
import { serverMajor } from './server-major.ts';
import type { ProviderAnswer, ServiceProvider, ServiceSpec } from './service.ts';
import { startTestServer, type PostgresMajor, type TestServer } from './test-server.ts';

type Answer = ProviderAnswer<TestServer>;

/** Every way to get a PostgreSQL of one major version, in the order in which tests prefer them. */
export function postgresService(major: PostgresMajor, machine: Machine): ServiceSpec<TestServer> {
  const variable = environmentVariable(major);
  return {
    service: `PostgreSQL ${String(major)}`,
    providers: [
      fromEnvironment(major, machine),
      fromNpm(major),
      fromSystem(major, machine),
      fromDebian(major, machine),
      fromDocker(major, machine),
    ],
    remedy:
      `Run "npm ci" without --omit=optional, or install the Debian package postgresql-${String(major)}, ` +
      `or set ${variable} to the address of a server on which databases may be created.`,
  };
}

/** Name of the environment variable with the address of a server, such as `BFM_TEST_POSTGRES_15_URL`. */
export function environmentVariable(major: PostgresMajor): string {
  return `BFM_TEST_POSTGRES_${String(major)}_URL`;
}

function fromEnvironment(major: PostgresMajor, machine: Machine): ServiceProvider<TestServer> {
  const variable = environmentVariable(major);
  return {
    name: 'environment',
    find: async (): Promise<Answer> => {
      const url = machine.environment[variable] ?? '';
      if (url === '') return { kind: 'unavailable', reason: `${variable} is not set` };
      const found = await serverMajor(url).catch((error: unknown) => String(error));
      if (found === major) {
        const stop = (): Promise<void> => Promise.resolve();
        return { kind: 'found', service: { major, url, exclusive: false, source: variable, stop } };
      }
      const what =
        typeof found === 'number' ? `is PostgreSQL ${String(found)}` : `does not answer (${found})`;
      return { kind: 'refused', reason: `the server of ${variable} ${what}` };
    },
  };
}

function fromNpm(major: PostgresMajor): ServiceProvider<TestServer> {
  return {
    name: 'npm package',
    find: async () => started(major, await npmBinaries(major), 'npm package'),
  };
}

function npmBinaries(major: PostgresMajor): Promise<PostgresBinaries> {
  if (major === 18) return bundledBinaries();
  return resolveBinaries({ packageScope: `@bfm-postgres-${String(major)}`, from: import.meta.url });
}

function fromSystem(major: PostgresMajor, machine: Machine): ServiceProvider<TestServer> {
  return {
    name: 'installed binaries',
    find: async (): Promise<Answer> => {
      const folders = [`/usr/lib/postgresql/${String(major)}/bin`, ...commandFolders(machine)];
      for (const folder of folders) {
        if (!(await machine.exists(join(folder, 'postgres')))) continue;
        const binaries = await systemBinaries(folder).catch(() => null);
        if (binaries?.major === major) return started(major, binaries, folder);
      }
      return {
        kind: 'unavailable',
        reason: `no initdb and postgres of version ${String(major)} in ${folders.join(', ')}`,
      };
    },
  };
}

function fromDebian(major: PostgresMajor, machine: Machine): ServiceProvider<TestServer> {
  const name = `postgresql-${String(major)}`;
  return {
    name: 'Debian package',
    find: async (): Promise<Answer> => {
      if (!(await machine.exists('/etc/debian_version'))) {
        return { kind: 'unavailable', reason: 'this is not Debian' };
      }
      if (!machine.isRoot) return { kind: 'unavailable', reason: `only root can install ${name}` };
      await preventMainCluster(machine);
      await installPackage(machine, name);
      return fromSystem(major, machine).find();
    },
  };
}

/** Debian's package would start a server of its own at once. */
async function preventMainCluster(machine: Machine): Promise<void> {
  const path = '/etc/postgresql-common/createcluster.conf';
  if (await machine.exists(path)) return;
  await machine.run('mkdir', ['-p', '/etc/postgresql-common']);
  await machine.write(path, 'create_main_cluster = false\n');
}

async function installPackage(machine: Machine, name: string): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', name];
  try {
    await machine.run('apt-get', install);
  } catch {
    // The lists of a fresh image are empty.
    await machine.run('apt-get', ['update']);
    await machine.run('apt-get', install);
  }
}

function fromDocker(major: PostgresMajor, machine: Machine): ServiceProvider<TestServer> {
  return {
    name: 'Docker',
    find: async (): Promise<Answer> => {
      await machine.run('docker', ['version', '--format', '{{.Server.Version}}']);
      return { kind: 'found', service: await startPostgresContainer(major) };
    },
  };
}

async function started(major: PostgresMajor, binaries: PostgresBinaries, source: string): Promise<Answer> {
  return { kind: 'found', service: await startTestServer(major, binaries, source) };
}
