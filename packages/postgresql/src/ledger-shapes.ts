import type { Checksum, LedgerEntry, LedgerShape, LedgerStatus, MigrationId, Version } from '@bfm/core';
import type { InspectRow, RevisionRow } from './inspect-query.ts';

/**
 * The shapes of an answer by their numbers. The key of each comes from the digest of its rows, so that it is the same in
 * every answer of one store; shapes share their entries.
 */
export function readShapes(
  { shapes, revisions }: InspectRow,
  address: string,
): ReadonlyMap<number, LedgerShape> {
  const entries = new SharedEntries(revisions ?? []);
  return new Map(
    (shapes ?? []).map(({ shape, digest, rows }) => [
      shape,
      { key: `${address} ${digest}`, entries: entries.ofRows(rows) },
    ]),
  );
}

class SharedEntries {
  readonly #revisions: ReadonlyMap<number, RevisionRow>;
  readonly #known = new Map<string, LedgerEntry>();

  constructor(revisions: readonly RevisionRow[]) {
    this.#revisions = new Map(revisions.map((row) => [row.revision_id, row]));
  }

  ofRows(rows: readonly (readonly [number, string])[]): ReadonlyMap<MigrationId, LedgerEntry> {
    const entries = rows.map(([revision, status]) => this.#of(revision, status));
    return new Map(entries.map((entry) => [entry.migrationId, entry]));
  }

  #of(revision: number, status: string): LedgerEntry {
    const key = `${revision} ${status}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.#revisions.get(revision);
    if (row === undefined) {
      throw new Error(`the ledger speaks of revision ${revision}, which it does not hold`);
    }
    const entry: LedgerEntry = {
      migrationId: row.migration_id as MigrationId,
      version: row.version as Version,
      checksum: row.checksum as Checksum,
      status: status as LedgerStatus,
    };
    this.#known.set(key, entry);
    return entry;
  }
}
