import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files by path relative to the folder they are in. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** The folder of the one connection most trees here have. */
export const CORE = 'postgresql/core';

/** A folder of files, to be disposed of. */
export interface Tree extends Disposable {
  readonly root: string;
  /** Writes files over those that are there. */
  readonly write: (files: Files) => void;
}

/** Makes a folder with these files in it. */
export function makeTree(files: Files): Tree {
  const root = mkdtempSync(join(tmpdir(), 'bfm-bad-'));
  const write = (more: Files): void => {
    for (const [path, content] of Object.entries(more)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  };
  write(files);
  return {
    root,
    write,
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A version for the file of this number; numbers keep their order. */
export function versionOf(number: number): string {
  return String(20250102000000 + number);
}

/** The path of an up file of `core`. */
export function upFile(number: number, name = `case${number}`): string {
  return `${CORE}/${versionOf(number)}_${name}.up.sql`;
}
