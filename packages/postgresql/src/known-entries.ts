import type { Checksum, MigrationId, Version } from '@bfm/core';
import type { LockedEntry } from '@bfm/engine';

/** A ledger as it is read inside the lock: its digest, and its rows unless that digest was known. */
export interface EntriesRow {
  /** 128 binary digits. */
  readonly digest: string;
  readonly entries:
    readonly (readonly [id: string, version: string, checksum: string, status: string, run: string])[] | null;
}

type Entries = ReadonlyMap<MigrationId, LockedEntry>;

/** More kinds of ledger than a fleet has; each costs what its rows do. */
const KINDS_MAX = 8;

/**
 * Ledgers that were read before, by their digests. The tenants of a fleet say mostly the same: with hundreds of rows in
 * each of thousands of ledgers, reading them all again would take longer than what is to be done.
 */
export class KnownEntries {
  #byDigest: ReadonlyMap<string, Entries> = new Map();

  /** Begins to ask for a ledger. What is known now is what the answer may leave out. */
  ask(): EntriesQuestion {
    const known = this.#byDigest;
    return {
      digests: [...known.keys()],
      read: (row) => {
        if (row === undefined) return new Map();
        return row.entries === null ? found(known, row.digest) : this.#add(row.digest, row.entries);
      },
    };
  }

  #add(digest: string, rows: NonNullable<EntriesRow['entries']>): Entries {
    const read = new Map(rows.map(toLockedEntry).map((entry) => [entry.migrationId, entry]));
    const newest = [...this.#byDigest].slice(1 - KINDS_MAX);
    this.#byDigest = new Map([...newest, [digest, read]]);
    return read;
  }
}

/** One asking for a ledger. */
export interface EntriesQuestion {
  /** What need not be told again. */
  readonly digests: readonly string[];
  /** The rows of the answer: the same map for equal digests. */
  readonly read: (row: EntriesRow | undefined) => Entries;
}

function found(known: ReadonlyMap<string, Entries>, digest: string): Entries {
  const entries = known.get(digest);
  if (entries === undefined) throw new Error(`the ledger left out rows of an unknown digest`);
  return entries;
}

function toLockedEntry([id, version, checksum, status, runId]: NonNullable<
  EntriesRow['entries']
>[number]): LockedEntry {
  return {
    migrationId: id as MigrationId,
    version: version as Version,
    checksum: checksum as Checksum,
    status: status as LockedEntry['status'],
    runId,
  };
}
