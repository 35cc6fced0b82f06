import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  parseConnectionName,
  parseSchemaName,
  type ConnectionName,
  type Fault,
  type SchemaName,
} from '@bfm/core';
import { loadSource, type LoadedSource } from '../src/index.ts';

/** Files by path relative to the sfm folder. */
export type TreeFiles = Readonly<Record<string, string | Buffer>>;

/** Makes a folder with these files in it; it goes when the test is over. */
export async function makeTree(files: TreeFiles): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'bfm-source-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** Loads a folder made of these files. */
export async function loadTree(files: TreeFiles): Promise<LoadedSource> {
  return loadRoot(await makeTree(files));
}

/** Loads a folder, optionally with default schemas by connection. */
export function loadRoot(
  root: string,
  schemas: Readonly<Record<string, string>> = {},
): Promise<LoadedSource> {
  const defaultSchemas = new Map<ConnectionName, SchemaName>();
  for (const [connection, schema] of Object.entries(schemas)) {
    const [key, value] = [parseConnectionName(connection), parseSchemaName(schema)];
    if (key.ok && value.ok) defaultSchemas.set(key.name, value.name);
  }
  return loadSource({ root, defaultSchemas });
}

/** `code file:line:column`, for tables of cases. */
export function toPlaces(faults: readonly Fault[]): string[] {
  return faults.map(({ code, where }) => {
    const place = where.line === undefined ? '' : `:${where.line}:${where.column ?? 0}`;
    return `${code} ${where.file ?? ''}${place}`;
  });
}
