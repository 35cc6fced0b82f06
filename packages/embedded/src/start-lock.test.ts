import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeStartLock } from './start-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bfm-start-lock-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('is held by one at a time, and leaves nothing behind', async () => {
  let holders = 0;
  const hold = async (): Promise<void> => {
    await using _lock = await takeStartLock(folder, Infinity);
    expect((holders += 1)).toBe(1);
    await readdir(folder);
    holders -= 1;
  };
  await Promise.all([hold(), hold(), hold()]);
  expect(await readdir(folder)).toEqual([]);
});

test('of a process that lives is waited for until the deadline', async () => {
  await using _lock = await takeStartLock(folder, Infinity);
  await expect(takeStartLock(folder, 0)).rejects.toMatchObject({
    code: 'embedded.start_failed',
    message: expect.stringContaining(`pid ${String(process.pid)}`) as string,
  });
});

test('of a dead process is taken over', async () => {
  const dead = spawnSync('true').pid;
  await writeFile(join(folder, 'starting'), `${String(dead)} 1`);
  await using _lock = await takeStartLock(folder, 0);
  expect(await readdir(folder)).toEqual(['starting']);
});

test.runIf(process.platform === 'linux')('of an earlier process with a number given out again', async () => {
  await writeFile(join(folder, 'starting'), `${String(process.pid)} 1`);
  await using _lock = await takeStartLock(folder, 0);
  expect(await readdir(folder)).toEqual(['starting']);
});
