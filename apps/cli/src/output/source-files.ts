import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Where } from '@bfm/core';
import { isBelow, pathFrom } from './shown-path.ts';

/** Finds the files that errors speak of, for people: paths to click on, and the line itself. */
export class SourceFiles {
  readonly #root: string | null;
  readonly #lines = new Map<string, readonly string[]>();

  /** @param root the folder of migrations, which places are relative to; `null` when it is not known */
  constructor(root: string | null) {
    this.#root = root;
  }

  /** The path of a file as seen from the current folder; one whose folder is not there stays as it is. */
  readonly pathOf = (file: string): string => {
    const inTree = this.#inTree(file) ?? this.#beside(file);
    return inTree === null ? file : pathFrom(process.cwd(), inTree);
  };

  /** The line a place in a migration is in; `null` when it cannot be read. Other files may hold secrets. */
  readonly lineAt = ({ file, line }: Where): string | null => {
    if (file === undefined || line === undefined) return null;
    const path = this.#inTree(file);
    return path === null ? null : (this.#linesOf(path)[line - 1] ?? null);
  };

  /** A file that is gone, or is to be made, beside others that are there. */
  #beside(file: string): string | null {
    const folder = dirname(file) === '.' ? null : this.#inTree(dirname(file));
    return folder === null ? null : join(folder, basename(file));
  }

  #inTree(file: string): string | null {
    if (this.#root === null) return null;
    const path = join(this.#root, file);
    return isBelow(this.#root, path) && existsSync(path) ? path : null;
  }

  #linesOf(path: string): readonly string[] {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    let lines: readonly string[] = [];
    try {
      lines = readFileSync(path, 'utf8')
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\r|\n/);
    } catch {
      // What an error speaks of may well be unreadable: there is no excerpt then.
    }
    this.#lines.set(path, lines);
    return lines;
  }
}
