import type { Checksum, LedgerEntry, LedgerShape, LedgerStatus, MigrationId, Version } from '@bfm/core';
import { damagedLedger } from './damaged-ledger.ts';
import type { InspectRow, RevisionRow } from './inspect-query.ts';

const STATUSES: ReadonlySet<string> = new Set<LedgerStatus>([
  'applied',
  'failed',
  'rolled_back',
  'deferred',
  'started',
  'undoing',
]);

function isLedgerStatus(text: string): text is LedgerStatus {
  return STATUSES.has(text);
}

/**
 * The shapes of an answer by their numbers. The key of each comes from the digest of its rows, so that it is the same in
 * every answer of one store; shapes share their entries.
 *
 * @throws {ledger.damaged}
 */
export function readShapes(
  { shapes, revisions }: InspectRow,
  address: string,
): ReadonlyMap<number, LedgerShape> {
  const entries = new SharedEntries(revisions ?? [], address);
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
  readonly #address: string;

  constructor(revisions: readonly RevisionRow[], address: string) {
    this.#address = address;
    this.#revisions = new Map(revisions.map((row) => [row.revision_id, row]));
  }

  ofRows(rows: readonly (readonly [number, string])[]): ReadonlyMap<MigrationId, LedgerEntry> {
    const entries = rows.map(([revision, status]) => this.#of(revision, status));
    const byMigration = new Map(entries.map((entry) => [entry.migrationId, entry]));
    if (byMigration.size === entries.length) return byMigration;
    const twice = entries.find((entry) => byMigration.get(entry.migrationId) !== entry);
    throw damagedLedger(this.#address, `two of its rows speak of ${twice?.migrationId ?? 'one migration'}`);
  }

  #of(revision: number, status: string): LedgerEntry {
    const key = `${revision} ${status}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.#revisions.get(revision);
    if (row === undefined) {
      throw damagedLedger(this.#address, `it speaks of revision ${revision}, which it does not hold`);
    }
    if (!isLedgerStatus(status)) {
      throw damagedLedger(this.#address, `${row.migration_id} has the status ${status} there`);
    }
    const entry: LedgerEntry = {
      migrationId: row.migration_id as MigrationId,
      version: row.version as Version,
      checksum: row.checksum as Checksum,
      status,
    };
    this.#known.set(key, entry);
    return entry;
  }
}
