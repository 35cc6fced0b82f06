import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePrivateFile, readPrivateFile, writePrivateFile } from './private-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bfm-private-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('a private file is replaced whole, with mode 0600, and leaves nothing beside it', async () => {
  const path = join(folder, 'env');
  await writePrivateFile(path, 'one');
  await writePrivateFile(path, 'two');
  expect(await readPrivateFile(path)).toBe('two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['env']);
});

test('of concurrent creators all get the text of the first', async () => {
  const path = join(folder, 'password');
  const texts = await Promise.all(['a', 'b', 'c', 'd'].map((text) => ensurePrivateFile(path, text)));
  expect(new Set(texts).size).toBe(1);
  expect(await readdir(folder)).toEqual(['password']);
});

test('a symbolic link in its place is neither read nor written through', async () => {
  const target = join(folder, 'target');
  const path = join(folder, 'password');
  await writeFile(target, 'of somebody else');
  await symlink(target, path);
  await expect(readPrivateFile(path)).rejects.toMatchObject({ code: 'ELOOP' });
  await writePrivateFile(path, 'ours');
  expect(await readPrivateFile(target)).toBe('of somebody else');
});

test('a missing file reads as null', async () => {
  expect(await readPrivateFile(join(folder, 'none'))).toBeNull();
});
