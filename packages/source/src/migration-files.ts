import { compareText, type Direction, type Fault, type MigrationIdParts, didYouMean } from '@bfm/core';
import { escapeText } from './text/excerpt.ts';
import { readFileName, type FileNameReading } from './tree/file-name.ts';
import { inspectEntry } from './tree/tree-entry.ts';
import { describeBadEntry, treeFault, type ConnectionFolder } from './tree/walk-tree.ts';

/** A file to read. */
export interface FoundFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly realPath: string;
}

/** The files of one migration. */
export interface MigrationFiles {
  readonly parts: MigrationIdParts;
  readonly up: FoundFile;
  readonly down: FoundFile | null;
  readonly sidecar: FoundFile | null;
}

/** What a connection's folder holds. */
export interface FolderContent {
  readonly migrations: readonly MigrationFiles[];
  /** Migrations one of whose files cannot be used. */
  readonly broken: readonly MigrationIdParts[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Sorts the entries of a connection's folder into migrations. Opens nothing. */
export function findMigrationFiles(root: string, folder: ConnectionFolder): FolderContent {
  const sorter = new FolderSorter(root, folder);
  sorter.sort();
  return sorter.toContent();
}

type Role = Direction | 'sidecar';
type Usable = Extract<FileNameReading, { kind: 'script' | 'sidecar' }>;

interface Slot {
  readonly parts: MigrationIdParts;
  readonly files: Map<Role, FoundFile>;
}

class FolderSorter {
  readonly #root: string;
  readonly #folder: ConnectionFolder;
  readonly #slots = new Map<string, Slot>();
  readonly #brokenKeys = new Set<string>();
  readonly #faults: Fault[] = [];
  readonly #warnings: Fault[] = [];
  readonly #clashing: ReadonlySet<string>;

  constructor(root: string, folder: ConnectionFolder) {
    this.#root = root;
    this.#folder = folder;
    this.#clashing = this.#findClashes();
  }

  sort(): void {
    for (const entry of this.#folder.entries) {
      const reading = readFileName(entry.name, this.#folder.backend);
      const path = this.#pathOf(entry.name);
      if (reading.kind === 'refused') {
        this.#faults.push(treeFault('source.bad_name', path, [reading.reason, reading.mend]));
      } else if (reading.kind === 'odd') {
        this.#warnings.push(treeFault('source.ignored', path, [reading.reason, reading.mend]));
      } else if (reading.kind === 'ignored') {
        this.#noteFolder(entry.name, entry.isDirectory());
      } else {
        this.#take(reading, entry);
      }
    }
  }

  toContent(): FolderContent {
    const migrations: MigrationFiles[] = [];
    const broken: MigrationIdParts[] = [];
    for (const [key, { parts, files }] of this.#slots) {
      const up = files.get('up');
      if (this.#brokenKeys.has(key)) broken.push(parts);
      else if (up === undefined) this.#noteOrphan(files);
      else {
        migrations.push({
          parts,
          up,
          down: files.get('down') ?? null,
          sidecar: files.get('sidecar') ?? null,
        });
      }
    }
    return { migrations, broken, faults: this.#faults, warnings: this.#warnings };
  }

  #take(reading: Usable, entry: ConnectionFolder['entries'][number]): void {
    const { version, name } = reading;
    const { backend, connection } = this.#folder;
    const key = `${version}_${name}`;
    const slot = this.#slots.get(key) ?? { parts: { version, name, backend, connection }, files: new Map() };
    this.#slots.set(key, slot);
    const path = this.#pathOf(entry.name);
    const found = inspectEntry(this.#root, this.#folder.realPath, entry);
    const bad = describeBadEntry(found);
    if (bad !== null) {
      this.#faults.push(treeFault(bad.code, path, [bad.reason, bad.mend]));
      this.#brokenKeys.add(key);
    } else if (this.#clashing.has(entry.name)) {
      this.#brokenKeys.add(key);
    } else if (found.kind === 'file') {
      const role = reading.kind === 'sidecar' ? 'sidecar' : reading.direction;
      slot.files.set(role, { path, realPath: found.realPath });
    }
  }

  /** Names that one file system keeps apart and another takes for the same: both files of each pair are refused. */
  #findClashes(): Set<string> {
    const clashing = new Set<string>();
    const names = this.#folder.entries
      .map((entry) => entry.name)
      .filter((name) => readFileName(name, this.#folder.backend).kind === 'script');
    for (const group of Map.groupBy(names, foldName).values()) {
      if (group.length < 2) continue;
      for (const name of group) clashing.add(name);
      this.#faults.push(this.#describeClash(group.toSorted(compareText)));
    }
    return clashing;
  }

  #describeClash(names: readonly string[]): Fault {
    const files = names.map((name) => escapeForm(this.#pathOf(name)));
    return {
      code: 'migration.name_clash',
      message: `names differ only by case or Unicode form: ${files.join(' and ')}`,
      mend: 'rename or remove one of them: on other file systems they are the same file',
      where: { file: files[0] ?? this.#folder.path },
    };
  }

  #noteOrphan(files: ReadonlyMap<Role, FoundFile>): void {
    const down = files.get('down');
    // A Go file without migration beside it may be anything.
    if (down === undefined) return;
    const ups = [...this.#slots.values()].flatMap((slot) => slot.files.get('up')?.path ?? []);
    const near = didYouMean(down.path.replace(/\.down\./, '.up.'), ups);
    this.#warnings.push(
      treeFault('source.ignored', down.path, [
        `it is not read, because its up file is missing${near}`,
        'write the up file, or remove this one',
      ]),
    );
  }

  #noteFolder(name: string, isDirectory: boolean): void {
    if (!isDirectory || name.startsWith('.')) return;
    const reason = 'this folder is not read; migrations stand in {backend}/{connection}/ itself';
    const texts = [reason, 'move its migrations one level up, if it has any'] as const;
    this.#warnings.push(treeFault('source.ignored', this.#pathOf(name), texts));
  }

  #pathOf(name: string): string {
    return `${this.#folder.path}/${name}`;
  }
}

function foldName(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}

/** Shows combining marks apart, so that two forms of one name do not look the same in a message. */
function escapeForm(path: string): string {
  return escapeText(path).replace(/\p{M}/gu, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`);
}
