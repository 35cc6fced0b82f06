import type { BackendName, Direction, Version } from '@bfm/core';
import { parseVersion } from '@bfm/core';

/** What the name of a file in a connection's folder says. */
export type FileNameReading =
  | {
      readonly kind: 'script';
      readonly version: Version;
      readonly name: string;
      readonly direction: Direction;
    }
  | { readonly kind: 'sidecar'; readonly version: Version; readonly name: string }
  /** Meant as a migration, but with a name that cannot be used. */
  | { readonly kind: 'refused'; readonly reason: string; readonly mend: string }
  /** Looks like a migration, is not one, and is passed over. */
  | { readonly kind: 'odd'; readonly reason: string; readonly mend: string }
  | { readonly kind: 'ignored' };

const SCRIPT = /^(.*)\.(up|down)\.(sql|json)$/s;
const STEM = /^([^_]*)_(.*)$/s;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]*$/u;
const SIDECAR = /^([0-9]{14})_(.+)\.go$/s;
const MIGRATION_LIKE = /\.(?:up|down)\.(?:sql|json)|\.sql~?$|^[0-9]{14}_/i;
const IGNORED: FileNameReading = { kind: 'ignored' };

/**
 * Reads a file name: `{14 digits}_{name}.up.sql`, `.down.sql`, for etcd `.up.json`, `.down.json`, and the Go sidecar
 * `{14 digits}_{name}.go`. A name starts with a letter or digit of any script and holds letters, digits, `_`, `-` and
 * `.`; it is given in Unicode form NFC, so that it is the same whichever form a file system keeps.
 */
export function readFileName(fileName: string, backend: BackendName): FileNameReading {
  if (fileName.startsWith('.')) return IGNORED;
  const script = SCRIPT.exec(fileName);
  if (script !== null) return readScript(script, backend);
  if (fileName.endsWith('.go')) return readSidecar(fileName);
  if (!MIGRATION_LIKE.test(fileName)) return IGNORED;
  if (backend === 'etcd' && /\.sql$/i.test(fileName)) return refuseExtension(backend);
  const suffixes = backend === 'etcd' ? '.up.json or .down.json' : '.up.sql or .down.sql';
  return {
    kind: 'odd',
    reason: `it is not read, because its name does not end in ${suffixes} (in lower case)`,
    mend: 'rename it, or move it out of the folder',
  };
}

/** Whether a file outside the connection folders is a migration that was put into the wrong place. */
export function looksLikeScript(fileName: string): boolean {
  return SCRIPT.test(fileName) && !fileName.startsWith('.');
}

function readScript(script: RegExpExecArray, backend: BackendName): FileNameReading {
  const [, stem, direction, extension] = script;
  if ((extension === 'json') !== (backend === 'etcd')) return refuseExtension(backend);
  const parts = readStem(stem?.normalize('NFC') ?? '');
  return 'kind' in parts
    ? parts
    : { kind: 'script', ...parts, direction: direction === 'up' ? 'up' : 'down' };
}

function readStem(stem: string): { readonly version: Version; readonly name: string } | FileNameReading {
  const [, digits = stem, name = ''] = STEM.exec(stem) ?? [];
  const version = parseVersion(digits);
  if (version === null) return refuseVersion(digits);
  if (name === '') return refuse('it has no name after the version', 'name it {version}_{name}.up.sql');
  if (NAME.test(name)) return { version, name };
  return refuse(
    'its name does not start with a letter or digit, or holds something else than letters, digits, _, - and .',
    'rename it; the name becomes part of the id of the migration',
  );
}

function readSidecar(fileName: string): FileNameReading {
  const [, digits = '', name = ''] = SIDECAR.exec(fileName.normalize('NFC')) ?? [];
  const version = parseVersion(digits);
  return version === null || name.endsWith('_test') ? IGNORED : { kind: 'sidecar', version, name };
}

function refuseExtension(backend: BackendName): FileNameReading {
  return backend === 'etcd'
    ? refuse('migrations of etcd are JSON, not SQL', 'write the operations as JSON in a file named *.up.json')
    : refuse(
        `migrations of ${backend} are SQL, not JSON`,
        'write SQL in *.up.sql, or move it to an etcd folder',
      );
}

function refuseVersion(found: string): FileNameReading {
  const digits = /^[+-]?[0-9]+$/.test(found) ? `, not ${found}` : '';
  return refuse(
    `its version must be exactly 14 digits${digits}`,
    'name it {YYYYMMDDhhmmss}_{name}.up.sql, as in 20250101120000_create_users.up.sql',
  );
}

function refuse(reason: string, mend: string): FileNameReading {
  return { kind: 'refused', reason, mend };
}
