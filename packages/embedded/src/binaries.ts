import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.ts';

/** A PostgreSQL installation that holds at least `initdb` and `postgres`. */
export interface PostgresBinaries {
  /** Major version, such as 18. */
  readonly major: number;
  /** Full version as its maker writes it; names copies in a cache. */
  readonly version: string;
  /** Folder that holds `initdb` and `postgres`. */
  readonly bin: string;
  /** Folder of the npm package, which may be completed and copied; null for one the system installed. */
  readonly packageDirectory: string | null;
}

/** Where to look for the npm packages of one PostgreSQL version. */
export interface BinariesRequest {
  /** Scope whose packages are named after platforms, such as `@bfm-postgres-18`. */
  readonly packageScope: string;
  /** `import.meta.url` of a module of the package that depends on them. */
  readonly from: string;
}

/**
 * Finds the npm package with PostgreSQL's binaries for this platform.
 *
 * @throws {EmbeddedPostgresError} `embedded.binaries_missing` when it is not installed or not made for this platform.
 */
export async function resolveBinaries(request: BinariesRequest): Promise<PostgresBinaries> {
  const name = `${request.packageScope}/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(request.from).resolve(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'embedded.binaries_missing',
      `The package ${name} with PostgreSQL's binaries is not installed. Run "npm ci" without --omit=optional; ` +
        'Linux and macOS on x64 and arm64 are supported.',
      { cause },
    );
  }
  const packageDirectory = dirname(dirname(await realpath(entry)));
  const manifest: unknown = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8'));
  const version = String((manifest as { readonly version?: unknown }).version);
  const bin = join(packageDirectory, 'native', 'bin');
  return { major: Number.parseInt(version, 10), version, bin, packageDirectory };
}

/**
 * The PostgreSQL that this package depends on, major version 18.
 *
 * @throws {EmbeddedPostgresError} `embedded.binaries_missing` when it is not installed or not made for this platform.
 */
export function bundledBinaries(): Promise<PostgresBinaries> {
  return resolveBinaries({ packageScope: '@bfm-postgres-18', from: import.meta.url });
}

/**
 * Describes a PostgreSQL installed by the system, such as the one in `/usr/lib/postgresql/15/bin`.
 *
 * @throws {EmbeddedPostgresError} `embedded.binaries_missing` when `initdb` or `postgres` in that folder do not run.
 */
export async function systemBinaries(bin: string): Promise<PostgresBinaries> {
  const run = promisify(execFile);
  try {
    await run(join(bin, 'initdb'), ['--version']);
    const { stdout } = await run(join(bin, 'postgres'), ['--version']);
    const version = /\d+(?:\.\d+)*/.exec(stdout)?.[0] ?? '';
    return { major: Number.parseInt(version, 10), version, bin, packageDirectory: null };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'embedded.binaries_missing',
      `No working initdb and postgres in ${bin}.`,
      { cause },
    );
  }
}
