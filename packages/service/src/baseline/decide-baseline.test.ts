import type { Catalog, LedgerStatus, Migration, TargetState } from '@bfm/core';
import { buildCatalog } from '@bfm/engine';
import { makeDraft } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { decideBaseline, type BaselineDecision } from './decide-baseline.ts';

const { catalog } = buildCatalog(
  ['20250101000001', '20250101000002', '20250101000003'].map((version) =>
    makeDraft({ version, name: `m${version.at(-1) ?? ''}`, connection: 'core', schema: 'shop' }),
  ),
  { defaultSchemas: new Map() },
);
const [first, second, third] = catalog.migrations as unknown as readonly [Migration, Migration, Migration];

function state(
  parts: Partial<TargetState>,
  rows: readonly (readonly [Migration, LedgerStatus])[] = [],
): TargetState {
  const entries = new Map(
    rows.map(([{ id, version, up }, status]) => [
      id,
      { migrationId: id, version, status, checksum: up.checksum },
    ]),
  );
  const target = { backend: 'postgresql', connection: first.connection, schema: first.schema };
  return {
    target: target as TargetState['target'],
    presence: 'populated',
    scope: rows.length === 0 ? 'none' : 'known',
    shape: { key: '', entries },
    ...parts,
  };
}

const decide = (
  found: TargetState,
  wanted: readonly Migration[],
  from: Catalog = catalog,
): BaselineDecision => decideBaseline({ catalog: from, state: found, wanted });

describe('deciding about a baseline', () => {
  it('marks what is wanted in a schema that holds something', () => {
    expect(decide(state({}), [first, second])).toMatchObject({
      kind: 'edit',
      edit: {
        kind: 'baselined',
        changes: [
          { migrationId: first.id, before: null, after: { status: 'applied', checksum: first.up.checksum } },
          { migrationId: second.id },
        ],
        deferred: [],
        detail: { to: '20250101000002' },
      },
    });
  });

  it('remembers what it passes over, so that it is not out of order later', () => {
    expect(decide(state({}), [first, third])).toMatchObject({
      edit: { deferred: [{ migrationId: second.id }] },
    });
  });

  it('writes over what failed, was rolled back or left pending', () => {
    const found = state({}, [
      [first, 'failed'],
      [second, 'deferred'],
      [third, 'rolled_back'],
    ]);
    expect(decide(found, [first, second, third])).toMatchObject({
      edit: { changes: [{ before: { status: 'failed' } }, {}, { before: { status: 'rolled_back' } }] },
    });
  });

  it('takes a recreated schema for a new one', () => {
    expect(decide(state({ scope: 'recreated' }, [[first, 'applied']]), [first, second])).toMatchObject({
      kind: 'edit',
      edit: { changes: [{ before: null }, { before: null }] },
    });
  });

  it('has nothing to do where all of it is applied', () => {
    expect(
      decide(
        state({}, [
          [first, 'applied'],
          [second, 'applied'],
        ]),
        [first],
      ).kind,
    ).toBe('done_already');
  });

  it.each<[string, TargetState]>([
    ['a missing schema', state({ presence: 'missing' })],
    ['an empty schema', state({ presence: 'empty' })],
    ['one where something else is applied', state({}, [[third, 'applied']])],
    ['one where something runs bare', state({}, [[first, 'started']])],
    ['one where something is half undone', state({}, [[first, 'undoing']])],
  ])('refuses %s', (_what, found) => {
    expect(decide(found, [first, second])).toMatchObject({
      kind: 'refused',
      fault: { code: 'baseline.not_possible' },
    });
  });
});
