import type { Checksum, MigrationId, SchemaName, ConnectionName, LedgerStatus, Version } from '@bfm/core';
import type { LockedLedger, RowState } from '@bfm/engine';
import { expect, it } from 'vitest';
import { isStillTrue } from './is-still-true.ts';
import type { PlannedEdit } from './ledger-edit-run.ts';

const ID = 'm' as MigrationId;
const row = (status: LedgerStatus, checksum = 'c'): RowState => ({ status, checksum: checksum as Checksum });

function planned(before: RowState | null, catalogChecksum: string | null = null): PlannedEdit {
  return {
    target: { backend: 'postgresql', connection: 'core' as ConnectionName, schema: 'shop' as SchemaName },
    edit: {
      kind: 'repaired',
      action: 'mark-applied',
      reason: null,
      changes: [{ migrationId: ID, before, after: row('applied') }],
      deferred: [],
      done: null,
      detail: {},
    },
    catalogChecksum,
  };
}

function locked(now: RowState | null, catalogChecksum: string | null = null): LockedLedger {
  const entry =
    now === null ? [] : [[ID, { migrationId: ID, version: '' as Version, runId: 'r', ...now }] as const];
  return { entries: new Map(entry), catalogChecksum };
}

it('is true while the rows say the same', () => {
  expect(isStillTrue(planned(null), locked(null))).toBe(true);
  expect(isStillTrue(planned(row('failed')), locked(row('failed')))).toBe(true);
});

it('is no longer true once a row has come, gone or changed, or the schema has', () => {
  expect(isStillTrue(planned(null), locked(row('applied')))).toBe(false);
  expect(isStillTrue(planned(row('failed')), locked(null))).toBe(false);
  expect(isStillTrue(planned(row('failed')), locked(row('applied')))).toBe(false);
  expect(isStillTrue(planned(row('applied')), locked(row('applied', 'edited')))).toBe(false);
  expect(isStillTrue(planned(null, 'a'), locked(null, 'b'))).toBe(false);
});

it('is no longer true once what is to be deferred has been applied', () => {
  const plain = planned(null);
  const deferring = {
    ...plain,
    edit: { ...plain.edit, changes: [], deferred: [{ migrationId: ID, checksum: 'c' as Checksum }] },
  };
  expect(isStillTrue(deferring, locked(null))).toBe(true);
  expect(isStillTrue(deferring, locked(row('applied')))).toBe(false);
});
