import type { LedgerStatus, Migration, MigrationId, TargetState } from '@bfm/core';
import { buildCatalog } from '@bfm/engine';
import { makeDraft } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { decideAcceptChecksum } from './accept-checksum.ts';
import { decideMarkApplied } from './mark-applied.ts';
import { decideGoOn, decideMarkPending } from './mark-pending.ts';
import { decideUnbaseline } from './unbaseline.ts';

const { catalog } = buildCatalog(
  ['20250101000001', '20250101000002'].map((version) =>
    makeDraft({ version, name: `m${version.at(-1) ?? ''}`, connection: 'core', schema: 'shop' }),
  ),
  { defaultSchemas: new Map() },
);
const [first, second] = catalog.migrations as unknown as readonly [Migration, Migration];

function state(
  rows: readonly (readonly [Migration, LedgerStatus, string?])[],
  parts: Partial<TargetState> = {},
): TargetState {
  const entries = new Map(
    rows.map(([{ id, version, up }, status, checksum]) => [
      id,
      { migrationId: id, version, status, checksum: (checksum ?? up.checksum) as typeof up.checksum },
    ]),
  );
  const target = { backend: 'postgresql', connection: first.connection, schema: first.schema };
  return {
    target: target as TargetState['target'],
    presence: 'populated',
    scope: 'known',
    shape: { key: '', entries },
    ...parts,
  };
}

describe('marking as applied', () => {
  it.each<LedgerStatus>(['failed', 'rolled_back', 'deferred', 'started', 'undoing'])(
    'takes over what is %s',
    (status) => {
      expect(decideMarkApplied(state([[first, status]]), [first]).changes).toMatchObject([
        { before: { status }, after: { status: 'applied' } },
      ]);
    },
  );

  it('takes over what is not recorded, and leaves what is applied', () => {
    expect(decideMarkApplied(state([[second, 'applied']]), [first, second]).changes).toMatchObject([
      { migrationId: first.id, before: null },
    ]);
  });

  it('does not believe the ledger of a schema that was dropped and made anew', () => {
    const recreated = state([[first, 'applied']], { scope: 'recreated' });
    expect(decideMarkApplied(recreated, [first]).changes).toMatchObject([{ before: null }]);
  });
});

describe('marking as pending', () => {
  it.each<LedgerStatus>(['applied', 'failed', 'started', 'undoing'])(
    'leaves what is %s pending on purpose',
    (status) => {
      expect(decideMarkPending(state([[first, status]]), [first.id]).changes).toMatchObject([
        { before: { status }, after: { status: 'deferred' } },
      ]);
    },
  );

  it.each<LedgerStatus>(['rolled_back', 'deferred'])('has nothing to change where it is %s', (status) => {
    expect(decideMarkPending(state([[first, status]]), [first.id]).changes).toEqual([]);
  });

  it('goes on only where something was interrupted, going up with the text of now', () => {
    const edited = state([[first, 'started', 'old']]);
    expect(decideGoOn(edited, first.id, first).changes).toMatchObject([
      {
        before: { status: 'started', checksum: 'old' },
        after: { status: 'started', checksum: first.up.checksum },
      },
    ]);
    const undoing = state([[first, 'undoing', 'old']]);
    expect(decideGoOn(undoing, first.id, first).changes).toMatchObject([{ after: { checksum: 'old' } }]);
    for (const status of ['applied', 'failed'] as const) {
      expect(decideGoOn(state([[first, status]]), first.id, first).faults).toHaveLength(1);
    }
    expect(decideGoOn(edited, first.id, undefined).faults).toHaveLength(1);
  });
});

describe('taking a baseline back', () => {
  it('removes what it marked, and leaves remarks', () => {
    const found = state([
      [first, 'applied'],
      [second, 'deferred'],
    ]);
    expect(decideUnbaseline(found, new Set([first.id]))).toMatchObject({
      changes: [{ migrationId: first.id, after: null }],
      faults: [],
    });
  });

  it.each<LedgerStatus>(['applied', 'started', 'undoing'])(
    'is refused when something is %s on top',
    (status) => {
      const found = state([
        [first, 'applied'],
        [second, status],
      ]);
      expect(decideUnbaseline(found, new Set([first.id]))).toMatchObject({
        changes: [],
        faults: [{ code: 'repair.not_applicable' }],
      });
    },
  );
});

describe('accepting checksums', () => {
  const sameMeaning = (): boolean => false;
  const edited = state([
    [first, 'applied', 'old1'],
    [second, 'applied', 'old2'],
  ]);

  it('takes all that were edited, or those asked for', () => {
    const ids = (wanted: ReadonlySet<MigrationId> | null): readonly MigrationId[] =>
      decideAcceptChecksum(edited, wanted, { catalog, sameMeaning }).changes.map(
        ({ migrationId }) => migrationId,
      );
    expect(ids(null)).toEqual([first.id, second.id]);
    expect(ids(new Set([second.id]))).toEqual([second.id]);
  });

  it('leaves what means the same', () => {
    const decision = decideAcceptChecksum(edited, null, {
      catalog,
      sameMeaning: ({ id }) => id === first.id,
    });
    expect(decision.changes).toMatchObject([{ migrationId: second.id, before: { checksum: 'old2' } }]);
  });
});
