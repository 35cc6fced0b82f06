import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundledBinaries, startEmbeddedPostgres, type PostgresBinaries } from '../src/index.ts';
import { answerOf, endLauncher, spawnLauncher } from './launching.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const binaries = await bundledBinaries();
let base: string;

beforeEach(async () => {
  // Not the user's own temporary directory, which may be as private as a home.
  base = await mkdtemp(join(process.env['BFM_TEST_FOLDER'] ?? '/tmp', 'bfm-embedded-test-'));
  await chmod(base, 0o755);
});

afterEach(async () => {
  await rm(base, { recursive: true, force: true });
});

/** Copies the binaries without the links that a postinstall script would have made. */
async function copyBinaries(to: string): Promise<PostgresBinaries> {
  const from = binaries.packageDirectory ?? '';
  await cp(from, to, { recursive: true, filter: (path) => !/\.so(\.\d+)?$/.test(path) || !isLink(path) });
  return { ...binaries, packageDirectory: to, bin: join(to, 'native', 'bin') };
}

function isLink(path: string): boolean {
  return execFileSync('find', [path, '-maxdepth', '0', '-type', 'l', '-print']).length > 0;
}

describe.runIf(isRoot)('started by root in a private place', () => {
  test('serves from a directory of its own user, linked from the requested one, and finds it again', async () => {
    const home = join(base, 'home');
    await mkdir(join(home, '.bfm'), { recursive: true });
    const options = {
      binaries: await copyBinaries(join(home, 'binaries')),
      storage: { kind: 'persistent', directory: join(home, '.bfm', 'postgres') },
      relocationRoot: join(base, 'relocated'),
      settings: { fsync: 'off' },
    } as const;
    await chmod(home, 0o700);

    const first = await startEmbeddedPostgres(options);
    expect(await readlink(options.storage.directory)).toBe(first.directory);
    expect(dirname(first.directory)).toBe(options.relocationRoot);
    expect((await stat(join(first.directory, 'cluster'))).uid).not.toBe(0);
    const command = await readFile(`/proc/${String(first.pid)}/cmdline`, 'utf8');
    expect(command.startsWith(join(options.relocationRoot, 'binaries'))).toBe(true);
    await first.stop();

    await using second = await startEmbeddedPostgres(options);
    expect(second.directory).toBe(first.directory);
    expect(second.password).toBe(first.password);
  });

  test('mends a link whose target was deleted', async () => {
    const home = join(base, 'home');
    await mkdir(home, { mode: 0o700 });
    const storage = { kind: 'persistent', directory: join(home, 'postgres') } as const;
    const options = {
      binaries,
      storage,
      relocationRoot: join(base, 'relocated'),
      settings: { fsync: 'off' },
    };
    const first = await startEmbeddedPostgres(options);
    await first.stop();
    await rm(first.directory, { recursive: true });
    await using second = await startEmbeddedPostgres(options);
    expect(second.directory).toBe(first.directory);
    expect(second.password).not.toBe(first.password);
  });

  test('refuses a private directory that already holds something else', async () => {
    const directory = join(base, 'home', 'postgres');
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'thesis.txt'), 'precious');
    await chmod(join(base, 'home'), 0o700);
    const storage = { kind: 'persistent', directory } as const;
    await expect(startEmbeddedPostgres({ binaries, storage })).rejects.toMatchObject({
      code: 'embedded.directory_unusable',
    });
    expect(await readFile(join(directory, 'thesis.txt'), 'utf8')).toBe('precious');
  });

  test('keeps an ephemeral server out of a private temporary directory', async () => {
    const closed = join(base, 'tmp');
    await mkdir(closed, { mode: 0o700 });
    const relocationRoot = join(base, 'relocated');
    const launcher = spawnLauncher({
      server: { storage: { kind: 'ephemeral' }, relocationRoot },
      environment: { TMPDIR: closed },
    });
    const server = await answerOf(launcher);
    expect(dirname(server.directory)).toBe(join(relocationRoot, 'ephemeral'));
    await endLauncher(launcher);
    await expect(stat(server.directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe.runIf(isRoot)('started by a plain user', () => {
  /** A copy of all that the launcher needs, since a private clone is out of reach for that user. */
  async function installForNobody(): Promise<{ node: string; script: string; copy: PostgresBinaries }> {
    const packageFolder = fileURLToPath(new URL('..', import.meta.url));
    await cp(join(packageFolder, 'src'), join(base, 'embedded', 'src'), { recursive: true });
    await cp(join(packageFolder, 'test'), join(base, 'embedded', 'test'), { recursive: true });
    await cp(join(packageFolder, 'package.json'), join(base, 'embedded', 'package.json'));
    await cp(process.execPath, join(base, 'node'));
    const copy = await copyBinaries(join(base, 'binaries'));
    return { node: join(base, 'node'), script: join(base, 'embedded', 'test', 'launcher.ts'), copy };
  }

  test('serves as that user, from a copy of binaries it cannot complete in place', async () => {
    const { node, script, copy } = await installForNobody();
    const home = join(base, 'home');
    await mkdir(home, { mode: 0o700 });
    await chown(home, NOBODY.uid, NOBODY.gid);
    const launcher = spawnLauncher({
      server: { binaries: copy, storage: { kind: 'persistent', directory: join(home, 'postgres') } },
      identity: NOBODY,
      environment: { HOME: home },
      node,
      script,
    });
    const server = await answerOf(launcher);
    expect(server.message).toBeUndefined();
    expect((await stat(`/proc/${String(server.pid)}`)).uid).toBe(NOBODY.uid);
    const command = await readFile(`/proc/${String(server.pid)}/cmdline`, 'utf8');
    expect(command.startsWith(join(home, '.cache', 'bfm-embedded', 'binaries'))).toBe(true);
    await endLauncher(launcher);
  });

  test('says whose files they are when root was first', async () => {
    const { node, script, copy } = await installForNobody();
    const storage = { kind: 'persistent', directory: join(base, 'postgres') } as const;
    const first = await startEmbeddedPostgres({ binaries: copy, storage, settings: { fsync: 'off' } });
    await first.stop();
    const launcher = spawnLauncher({ server: { binaries: copy, storage }, identity: NOBODY, node, script });
    const answer = await answerOf(launcher);
    expect(answer.error).toBe('EmbeddedPostgresError');
    expect(answer.message).toContain('Start as the user who started it first');
  });
});
