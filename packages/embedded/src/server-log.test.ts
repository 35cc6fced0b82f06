import { mkdtemp, readdir, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openServerLog, tailServerLog } from './server-log.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bfm-log-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('the tail holds what this start wrote, not what was there before, even after the file is gone', async () => {
  const path = join(folder, 'server.log');
  await writeFile(path, 'old\n');
  const log = await openServerLog(path);
  await log.file.appendFile('new\n');
  await unlink(path);
  expect(await tailServerLog(log)).toBe('new');
  await log.file.close();
});

test('the tail is at most 4 KB long', async () => {
  const log = await openServerLog(join(folder, 'server.log'));
  await log.file.appendFile('x'.repeat(100_000));
  expect((await tailServerLog(log)).length).toBe(4096);
  await log.file.close();
});

test('a log that has grown past 5 MB is kept as .1', async () => {
  const path = join(folder, 'server.log');
  await writeFile(path, '');
  await truncate(path, 6 * 1024 * 1024);
  const log = await openServerLog(path);
  await log.file.close();
  expect(log.start).toBe(0);
  expect((await readdir(folder)).sort()).toEqual(['server.log', 'server.log.1']);
});
