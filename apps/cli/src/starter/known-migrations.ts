import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseVersion, type Version } from '@bfm/core';

/** A migration as the names of its files have it; the files may be faulty. */
export interface NamedMigration {
  readonly backend: string;
  readonly connection: string;
  readonly version: Version;
  readonly name: string;
}

const FILE = /^(\d{14})_(.+)\.(?:up|down)\.(?:sql|json)$/s;

/** Every migration in a tree, by its file names alone: a faulty file keeps its version all the same. */
export function knownMigrations(root: string): readonly NamedMigration[] {
  const folders = foldersIn(root).flatMap((backend) =>
    foldersIn(join(root, backend)).map((connection) => ({ backend, connection })),
  );
  return folders.flatMap((place) =>
    entriesIn(join(root, place.backend, place.connection)).flatMap((file) => {
      const [, digits = '', name = ''] = FILE.exec(file.name) ?? [];
      const version = parseVersion(digits);
      return version === null ? [] : [{ ...place, version, name }];
    }),
  );
}

function foldersIn(folder: string): readonly string[] {
  return entriesIn(folder)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

function entriesIn(folder: string): ReturnType<typeof listEntries> {
  try {
    return listEntries(folder);
  } catch {
    // What is not there, or cannot be read, holds no version that would have to be passed.
    return [];
  }
}

function listEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
