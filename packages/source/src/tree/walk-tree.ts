import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import {
  BACKENDS,
  BfmError,
  compareText,
  isBackendName,
  parseConnectionName,
  STATE_CONNECTION,
  type BackendName,
  type ConnectionName,
  type ErrorCode,
  type Fault,
  type NameResult,
  didYouMean,
} from '@bfm/core';
import { escapeText } from '../text/excerpt.ts';
import { looksLikeScript } from './file-name.ts';
import { describeFileError, errorCodeOf, inspectEntry, type TreeEntry } from './tree-entry.ts';

/** One folder `{backend}/{connection}` of the tree. */
export interface ConnectionFolder {
  readonly backend: BackendName;
  readonly connection: ConnectionName;
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly realPath: string;
  /** What is in it, ordered by name. */
  readonly entries: readonly Dirent[];
}

/** The folders of the tree, and what is wrong above the level of files. */
export interface WalkedTree {
  /** The real path of the sfm folder. */
  readonly root: string;
  readonly folders: readonly ConnectionFolder[];
  readonly faults: readonly Fault[];
}

/**
 * Walks `{root}/{backend}/{connection}/`. Nothing is opened but folders, hidden entries are passed over, and links are
 * followed only as long as they stay inside the root.
 *
 * @param isState the folder is that of the state's own migrations, whose connection has a reserved name
 * @throws BfmError `source.missing` when the root does not exist or is no folder, `source.unreadable` when it cannot be
 *   read.
 */
export function walkTree(root: string, isState = false): WalkedTree {
  const realRoot = openRoot(root);
  const walker = new TreeWalker(realRoot, isState);
  walker.walkRoot();
  return { root: realRoot, folders: walker.folders, faults: walker.faults };
}

function openRoot(root: string): string {
  try {
    const path = realpathSync.native(root);
    if (statSync(path).isDirectory()) return path;
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT' && errorCodeOf(error) !== 'ENOTDIR') {
      throw rootError('source.unreadable', `${root} cannot be read: ${describeFileError(error)}`, error);
    }
    throw rootError('source.missing', `${root} does not exist`, error);
  }
  throw rootError('source.missing', `${root} is no folder`);
}

function rootError(code: ErrorCode, message: string, cause?: unknown): BfmError {
  return new BfmError(code, {
    message,
    next: 'name the folder of migrations with --sfm DIR or BFM_SFM_PATH, or make one: mkdir -p sfm/postgresql/core',
    cause,
  });
}

class TreeWalker {
  readonly folders: ConnectionFolder[] = [];
  readonly faults: Fault[] = [];
  readonly #root: string;
  readonly #mayBeState: boolean;

  constructor(root: string, mayBeState: boolean) {
    this.#root = root;
    this.#mayBeState = mayBeState;
  }

  walkRoot(): void {
    for (const { name, path, realPath } of this.#foldersIn('', this.#root)) {
      if (isBackendName(name)) this.#walkBackend(name, path, realPath);
      else this.#refuse('source.bad_name', path, unknownBackend(name));
    }
  }

  #walkBackend(backend: BackendName, path: string, realPath: string): void {
    for (const folder of this.#foldersIn(path, realPath)) {
      const connection = this.#connectionOf(folder.name);
      if (!connection.ok) {
        this.#refuse('source.bad_name', folder.path, [connection.reason, 'rename the folder']);
        continue;
      }
      const entries = this.#read(folder.path, folder.realPath);
      this.folders.push({ ...folder, backend, connection: connection.name, entries });
    }
  }

  #connectionOf(name: string): NameResult<ConnectionName> {
    const isState = this.#mayBeState && name === STATE_CONNECTION;
    return isState ? { ok: true, name: STATE_CONNECTION } : parseConnectionName(name);
  }

  /** The folders in a folder; migrations that lie there by mistake are faults, other files are passed over. */
  #foldersIn(
    path: string,
    realPath: string,
  ): { readonly name: string; readonly path: string; readonly realPath: string }[] {
    const folders = [];
    for (const entry of this.#read(path, realPath)) {
      if (entry.name.startsWith('.')) continue;
      const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
      const found = inspectEntry(this.#root, realPath, entry);
      if (found.kind === 'directory') {
        folders.push({ name: entry.name, path: entryPath, realPath: found.realPath });
      } else this.#noteOther(entry.name, entryPath, found);
    }
    return folders;
  }

  #noteOther(name: string, path: string, found: TreeEntry): void {
    const refusal = describeBadEntry(found);
    if (refusal !== null && (looksLikeScript(name) || isBackendName(name) || found.kind === 'outside')) {
      this.faults.push(treeFault(refusal.code, path, [refusal.reason, refusal.mend]));
    } else if (looksLikeScript(name)) {
      const mend = 'move it to {backend}/{connection}/, as in postgresql/core/';
      this.#refuse('source.bad_name', path, ['a migration stands outside the folders of connections', mend]);
    }
  }

  #read(path: string, realPath: string): Dirent[] {
    try {
      const entries = readdirSync(realPath, { withFileTypes: true });
      return entries.sort((a, b) => compareText(a.name, b.name));
    } catch (error) {
      this.#refuse('source.unreadable', path, [
        `the folder cannot be read: ${describeFileError(error)}`,
        'give the user that runs BFM the right to read it',
      ]);
      return [];
    }
  }

  #refuse(code: ErrorCode, path: string, texts: readonly [string, string]): void {
    this.faults.push(treeFault(code, path, texts));
  }
}

function unknownBackend(name: string): readonly [string, string] {
  const message = `${JSON.stringify(escapeText(name))} is no kind of store${didYouMean(name, BACKENDS)}`;
  return [message, `folders of the sfm folder are named ${BACKENDS.join(', ')}`];
}

/** Why an entry that should be a file cannot be read; `null` when it is a file. */
export function describeBadEntry(
  found: TreeEntry,
): { readonly code: ErrorCode; readonly reason: string; readonly mend: string } | null {
  switch (found.kind) {
    case 'file':
      return null;
    case 'outside':
      return {
        code: 'source.outside_root',
        reason: 'it is a link that leads out of the sfm folder',
        mend: 'put the file itself there; links may only lead to places inside the sfm folder',
      };
    case 'unreadable':
      return {
        code: 'source.unreadable',
        reason: `it cannot be read: ${found.reason}`,
        mend: 'mend or remove it, or give the user that runs BFM the right to read it',
      };
    case 'directory':
    case 'special':
      return {
        code: 'source.not_a_file',
        reason: found.kind === 'directory' ? 'it is a folder' : 'it is a pipe, socket or device',
        mend: 'migrations are plain files; rename or remove it',
      };
  }
}

/** Makes a fault about a file or folder as such; the path is escaped for people. */
export function treeFault(code: ErrorCode, path: string, [reason, mend]: readonly [string, string]): Fault {
  const file = escapeText(path);
  return { code, message: file === '' ? reason : `${file}: ${reason}`, mend, where: { file } };
}
