import {
  type Catalog,
  type ConnectionName,
  type Fault,
  type Migration,
  type MigrationId,
  type MigrationIdParts,
  type SchemaName,
  nearestName,
} from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import { assembleDraft, type FileText } from './assemble-draft.ts';
import { mapInTurns } from './in-turns.ts';
import { findMigrationFiles, type FoundFile, type MigrationFiles } from './migration-files.ts';
import { FILE_BYTES_MAX_DEFAULT, readScriptFile } from './tree/read-script.ts';
import { walkTree } from './tree/walk-tree.ts';

/** Where to read migrations from. */
export interface LoadSourceOptions {
  /** The sfm folder. */
  readonly root: string;
  /** Connections whose migrations all run in one schema. */
  readonly defaultSchemas: ReadonlyMap<ConnectionName, SchemaName>;
  /** Files larger than this are refused. @default 16 MiB */
  readonly fileBytesMax?: number;
  /** The folder is that of the state's own migrations, whose connection has a reserved name. @default false */
  readonly isState?: boolean;
  /**
   * Looks at each migration that was read without a fault: what it finds keeps the migration out, too.
   *
   * @default nothing more is looked at
   */
  readonly examine?: (migration: Migration) => readonly Fault[];
  /**
   * Gives others a turn, every few dozen files: a server's requests, the handshake with a database. Files are read
   * synchronously, which takes a third of the time. @default nobody waits
   */
  readonly pause?: () => Promise<void>;
}

/** Everything read from a source. */
export interface LoadedSource {
  readonly catalog: Catalog;
  /** What keeps migrations out of the catalog; ordered by file and place. */
  readonly faults: readonly Fault[];
  /** Oddities that keep nothing out; the same as `catalog.warnings`. */
  readonly warnings: readonly Fault[];
  /** Migrations that are known but not in the catalog, with the dependency that keeps each out. */
  readonly quarantined: ReturnType<typeof buildCatalog>['quarantined'];
}

/**
 * Reads an sfm folder into a catalog. Every fault of every file is reported; a faulty migration and its dependents are
 * left out, all others are there. Nothing is executed, no pipe or device is opened, no link is followed out of the
 * folder. Codes of the faults: `source.*`, `migration.directive_*`, `migration.name_clash`, `migration.json_invalid`,
 * `migration.sidecar_invalid`, and those of `buildCatalog`.
 *
 * @throws BfmError `source.missing` when the folder does not exist, `source.unreadable` when it cannot be read.
 */
export async function loadSource(options: LoadSourceOptions): Promise<LoadedSource> {
  const tree = walkTree(options.root, options.isState === true);
  const collected = new Collected(tree.faults);
  const pause = options.pause ?? ((): Promise<void> => Promise.resolve());
  const contents = await mapInTurns(tree.folders, pause, (folder) => findMigrationFiles(tree.root, folder));
  for (const content of contents) collected.add(content);
  const files = contents.flatMap((content) => content.migrations);
  const bytesMax = options.fileBytesMax ?? FILE_BYTES_MAX_DEFAULT;
  const read = await mapInTurns(files, pause, (migration) => readMigration(migration, bytesMax));
  for (const result of read) collected.add(result);
  const first = build(collected, options);
  const { examine } = options;
  if (examine === undefined) return first;
  const found = await mapInTurns(first.catalog.migrations, pause, (migration) => ({
    id: migration.id,
    faults: examine(migration),
  }));
  for (const { id, faults } of found) if (faults.length > 0) collected.refuse(id, faults);
  return collected.refused.size === 0 ? first : build(collected, options);
}

function build(
  { drafts, broken, refused, faults, warnings }: Collected,
  { defaultSchemas }: LoadSourceOptions,
): LoadedSource {
  const built = buildCatalog(drafts, {
    defaultSchemas,
    broken,
    refused,
    faults,
    warnings,
    nearest: nearestName,
  });
  return { ...built, warnings: built.catalog.warnings };
}

interface Findings {
  readonly draft?: MigrationDraft | null;
  readonly broken: readonly MigrationIdParts[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

class Collected {
  readonly drafts: MigrationDraft[] = [];
  readonly refused = new Set<MigrationId>();
  readonly broken: MigrationIdParts[] = [];
  readonly faults: Fault[];
  readonly warnings: Fault[] = [];

  constructor(faults: readonly Fault[]) {
    this.faults = [...faults];
  }

  add({ draft, broken, faults, warnings }: Findings): void {
    if (draft !== undefined && draft !== null) this.drafts.push(draft);
    // Not spread into push: ten thousand arguments are more than a call may have.
    for (const parts of broken) this.broken.push(parts);
    for (const fault of faults) this.faults.push(fault);
    for (const warning of warnings) this.warnings.push(warning);
  }

  /** What was well as a draft is not, for these reasons. */
  refuse(id: MigrationId, faults: readonly Fault[]): void {
    this.refused.add(id);
    for (const fault of faults) this.faults.push(fault);
  }
}

function readMigration(files: MigrationFiles, bytesMax: number): Findings {
  const faults: Fault[] = [];
  const readOne = (file: FoundFile | null): FileText | null => {
    if (file === null) return null;
    const result = readScriptFile({ ...file, bytesMax });
    if (result.ok) return { path: file.path, text: result.text };
    faults.push(result.fault);
    return null;
  };
  const up = readOne(files.up);
  const down = readOne(files.down);
  const sidecar = readOne(files.sidecar);
  const { parts } = files;
  if (up === null || faults.length > 0) return { broken: [parts], faults, warnings: [] };
  const assembled = assembleDraft({ parts, up, down, sidecar });
  return { ...assembled, broken: assembled.draft === null ? [parts] : [] };
}
