import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { isSystemError } from './errors.ts';

/** Replaces a file that only its owner may read (mode 0600), so that a reader sees the old or the new text, never a part. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const unfinished = await writeBeside(path, text);
  await rename(unfinished, path).catch(async (error: unknown) => {
    await rm(unfinished, { force: true });
    throw error;
  });
}

/** Creates a private file (mode 0600) unless it exists, and returns the text it holds then, whoever was first. */
export async function ensurePrivateFile(path: string, text: string): Promise<string> {
  const existing = await readPrivateFile(path);
  if (existing !== null) return existing;
  const unfinished = await writeBeside(path, text);
  try {
    await link(unfinished, path);
    return text;
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    return (await readPrivateFile(path)) ?? text;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Reads a private file, or answers null when there is none; never follows a symbolic link. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

async function writeBeside(path: string, text: string): Promise<string> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    // On a full disk a part of it may be there.
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return unfinished;
}
