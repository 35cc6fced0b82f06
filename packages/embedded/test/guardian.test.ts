import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundledBinaries, startEmbeddedPostgres, type PostgresBinaries } from '../src/index.ts';
import { answerOf, endLauncher, isAlive, spawnLauncher, waitUntilGone } from './launching.ts';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(process.env['BFM_TEST_FOLDER'] ?? '/tmp', 'bfm-embedded-test-'));
  await chmod(parent, 0o755);
});

afterEach(async () => {
  await rm(parent, { recursive: true, force: true });
});

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isGone(path: string): Promise<void> {
  await vi.waitUntil(async () => !(await exists(path)), { timeout: 20_000, interval: 20 });
}

describe('a launcher killed with SIGKILL', () => {
  test('leaves neither process nor file of an ephemeral server', async () => {
    const launcher = spawnLauncher({ server: { storage: { kind: 'ephemeral' } } });
    const server = await answerOf(launcher);
    expect(isAlive(server.pid)).toBe(true);
    launcher.kill('SIGKILL');
    await waitUntilGone(server.pid);
    await isGone(server.directory);
  });

  test('leaves no process and good data of a persistent server', async () => {
    const storage = { kind: 'persistent', directory: join(parent, 'postgres') } as const;
    const launcher = spawnLauncher({ server: { storage } });
    const server = await answerOf(launcher);
    launcher.kill('SIGKILL');
    await waitUntilGone(server.pid);
    await using again = await startEmbeddedPostgres({ binaries: await bundledBinaries(), storage });
    expect(again.password).toBe(server.password);
  });

  test('in the middle of initdb leaves nothing half-made', async () => {
    const storage = { kind: 'persistent', directory: join(parent, 'postgres') } as const;
    const cluster = join(storage.directory, 'cluster');
    const launcher = spawnLauncher({ server: { binaries: await endlessInitdb(), storage } });
    const names = async (): Promise<readonly string[]> => readdir(cluster).catch(() => []);
    const unfinished = async (): Promise<boolean> =>
      (await names()).some((name) => name.startsWith('data.new.'));
    await vi.waitUntil(unfinished, { timeout: 20_000, interval: 1 });
    launcher.kill('SIGKILL');
    await vi.waitUntil(async () => (await names()).length === 0, { timeout: 20_000, interval: 20 });
    await using server = await startEmbeddedPostgres({ binaries: await bundledBinaries(), storage });
    expect(isAlive(server.pid)).toBe(true);
  });
});

/** Binaries whose initdb makes its directory and then never gets on. */
async function endlessInitdb(): Promise<PostgresBinaries> {
  const bin = join(parent, 'bin');
  await mkdir(bin);
  const script = '#!/bin/sh\nmkdir -p "${1#--pgdata=}/base"\nexec sleep 600\n';
  await writeFile(join(bin, 'initdb'), script, { mode: 0o755 });
  return { major: 18, version: '18', bin, packageDirectory: null };
}

test('a launcher that ends by itself takes its server along', async () => {
  const launcher = spawnLauncher({ server: { storage: { kind: 'ephemeral' } } });
  const server = await answerOf(launcher);
  await endLauncher(launcher);
  expect(isAlive(server.pid)).toBe(false);
  expect(await exists(server.directory)).toBe(false);
});

test('a guardian asked to end takes its server and its files along', async () => {
  const storage = { kind: 'ephemeral' } as const;
  const server = await startEmbeddedPostgres({ binaries: await bundledBinaries(), storage });
  const guardian = execFileSync('ps', ['-o', 'ppid=', '-p', String(server.pid)], { encoding: 'utf8' });
  process.kill(Number(guardian), 'SIGTERM');
  await server.exited;
  expect(isAlive(server.pid)).toBe(false);
  expect(await exists(server.directory)).toBe(false);
});

test('a server that hangs in its shutdown is ended by force', async () => {
  const storage = { kind: 'ephemeral' } as const;
  const server = await startEmbeddedPostgres({
    binaries: await bundledBinaries(),
    storage,
    stopGraceSeconds: 1,
  });
  // A stopped postmaster reacts to neither SIGINT nor SIGQUIT.
  process.kill(server.pid, 'SIGSTOP');
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(await exists(server.directory)).toBe(false);
});
