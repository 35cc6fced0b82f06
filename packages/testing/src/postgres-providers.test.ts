import { describe, expect, test } from 'vitest';
import type { Machine } from './machine.ts';
import { environmentVariable, postgresService } from './postgres-providers.ts';
import { POSTGRES_MAJORS } from './test-server.ts';
import { providedServer } from './use-test-database.ts';

function bareMachine(changes: Partial<Machine> = {}): Machine {
  return {
    environment: { PATH: '/nowhere' },
    isRoot: false,
    run: (file) => Promise.reject(new Error(`${file} is missing`)),
    exists: () => Promise.resolve(false),
    write: () => Promise.resolve(),
    ...changes,
  };
}

async function askFor(name: string, machine: Machine): Promise<unknown> {
  const provider = postgresService(15, machine).providers.find((candidate) => candidate.name === name);
  return provider?.find().catch((error: unknown) => ({ thrown: (error as Error).message }));
}

describe('the ways to a PostgreSQL', () => {
  test('are tried in one order for each major version', () => {
    for (const major of POSTGRES_MAJORS) {
      const { providers, remedy, service } = postgresService(major, bareMachine());
      expect(service).toBe(`PostgreSQL ${String(major)}`);
      expect(providers.map(({ name }) => name)).toEqual([
        'environment',
        'npm package',
        'installed binaries',
        'Debian package',
        'Docker',
      ]);
      expect(remedy).toContain(`postgresql-${String(major)}`);
      expect(remedy).toContain(`BFM_TEST_POSTGRES_${String(major)}_URL`);
    }
  });

  test('an address in the environment is used as it is and never stopped', async () => {
    const { url } = providedServer(15);
    const machine = bareMachine({ environment: { [environmentVariable(15)]: url } });
    expect(await askFor('environment', machine)).toMatchObject({
      kind: 'found',
      service: { url, exclusive: false, major: 15 },
    });
  });

  test('an address of the wrong major version is refused', async () => {
    const machine = bareMachine({ environment: { [environmentVariable(15)]: providedServer(18).url } });
    expect(await askFor('environment', machine)).toEqual({
      kind: 'refused',
      reason: 'the server of BFM_TEST_POSTGRES_15_URL is PostgreSQL 18',
    });
  });

  test('an address where nobody answers is refused without showing its password', async () => {
    const url = 'postgres://me:canary@127.0.0.1:1/postgres';
    const answer = await askFor(
      'environment',
      bareMachine({ environment: { [environmentVariable(15)]: url } }),
    );
    expect(answer).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  test('installed binaries are looked for in Debian’s folder and on the PATH', async () => {
    const machine = bareMachine({ environment: { PATH: '/opt/a/bin:/opt/b/bin' } });
    expect(await askFor('installed binaries', machine)).toEqual({
      kind: 'unavailable',
      reason: 'no initdb and postgres of version 15 in /usr/lib/postgresql/15/bin, /opt/a/bin, /opt/b/bin',
    });
  });

  test('Debian’s package is left alone elsewhere and by plain users', async () => {
    expect(await askFor('Debian package', bareMachine({ isRoot: true }))).toEqual({
      kind: 'unavailable',
      reason: 'this is not Debian',
    });
    const debian = bareMachine({ exists: (path) => Promise.resolve(path === '/etc/debian_version') });
    expect(await askFor('Debian package', debian)).toEqual({
      kind: 'unavailable',
      reason: 'only root can install postgresql-15',
    });
  });

  test('Debian’s package is installed without a cluster of its own, after an update of the lists if need be', async () => {
    const commands: string[] = [];
    const written: string[] = [];
    const machine = bareMachine({
      isRoot: true,
      exists: (path) => Promise.resolve(path === '/etc/debian_version'),
      write: (path, text) => {
        written.push(`${path}: ${text.trim()}`);
        return Promise.resolve();
      },
      run: (file, args) => {
        commands.push([file, ...args].join(' '));
        const isFirstInstall = args[0] === 'install' && !commands.includes('apt-get update');
        return isFirstInstall ? Promise.reject(new Error('no candidate')) : Promise.resolve({ stdout: '' });
      },
    });
    expect(await askFor('Debian package', machine)).toMatchObject({ kind: 'unavailable' });
    expect(written).toEqual(['/etc/postgresql-common/createcluster.conf: create_main_cluster = false']);
    expect(commands).toEqual([
      'mkdir -p /etc/postgresql-common',
      'apt-get install -y --no-install-recommends postgresql-15',
      'apt-get update',
      'apt-get install -y --no-install-recommends postgresql-15',
    ]);
  });

  test('Docker counts only when its engine answers', async () => {
    expect(await askFor('Docker', bareMachine())).toEqual({ thrown: 'docker is missing' });
  });
});
