import type { Migration, MigrationId } from '@bfm/core';
import { buildCatalog, type ObjectKind, type SchemaEffect, type SchemaObject } from '@bfm/engine';
import { fc, makeDraft } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import type { Claim, Suspicion } from './claim.ts';
import { compareTarget } from './compare-target.ts';
import { judgeTarget, type Judgement, type Trust } from './judge-target.ts';
import { objectKey, Predictor, type EffectfulMigration } from './predict.ts';
import { toLine, type TargetLine } from './target-line.ts';

const MIGRATIONS_MAX = 8;
const { catalog } = buildCatalog(
  Array.from({ length: MIGRATIONS_MAX }, (_, index) =>
    makeDraft({ version: `2025010100000${index}`, name: `m${index}`, connection: 'core', schema: 'shop' }),
  ),
  { defaultSchemas: new Map() },
);
const migrationAt = (index: number): Migration => {
  const found = catalog.migrations[index];
  if (found === undefined) throw new Error('too few migrations');
  return found;
};

const object = (kind: ObjectKind, name: string, parts: Partial<SchemaObject> = {}): SchemaObject => ({
  kind,
  word: kind === 'relation' ? 'table' : 'column',
  schema: null,
  of: null,
  name,
  within: null,
  ...parts,
});
const table = (name: string): SchemaObject => object('relation', name);
const column = (of: string, name: string): SchemaObject => object('column', name, { of });
const make = (made: SchemaObject): SchemaEffect => ({ does: 'make', object: made, part: false });
const drop = (dropped: SchemaObject): SchemaEffect => ({ does: 'drop', object: dropped, cascade: false });
const rename = (from: SchemaObject, to: SchemaObject): SchemaEffect => ({ does: 'rename', object: from, to });

const lineOf = (scripts: readonly (readonly SchemaEffect[])[]): TargetLine =>
  toLine(scripts.map((effects, index) => ({ migration: migrationAt(index), effects })));

/** A target in which just these migrations have run, as it really would be. */
function really(line: TargetLine, ran: readonly number[]): string {
  const predictor = new Predictor();
  for (const index of ran) predictor.run(line.migrations[index] as EffectfulMigration);
  return line.objects.map(({ key }) => (predictor.predictions.get(key)?.there === true ? '1' : '0')).join('');
}

interface Said {
  readonly applied: readonly number[];
  readonly suspect?: Readonly<Record<number, Suspicion>>;
  readonly ledger?: Readonly<Record<number, boolean>>;
  readonly trust?: Trust;
}

function judge(
  line: TargetLine,
  found: string,
  { applied, suspect = {}, ledger = {}, trust = null }: Said,
): Judgement {
  const claims = new Map<MigrationId, Claim>(
    line.migrations.map(({ migration }, index) => [
      migration.id,
      {
        applied: applied.includes(index),
        suspicion: suspect[index] ?? null,
        appliedAt: null,
        executedBy: null,
      },
    ]),
  );
  const known = new Map(
    Object.entries(ledger).map(([index, inTarget]) => [migrationAt(Number(index)).id, inTarget]),
  );
  return judgeTarget({ line, found, claims, ledger: known }, trust);
}

const indexesOf = (ids: ReadonlySet<MigrationId>): readonly number[] =>
  [...ids].map((id) => catalog.migrations.findIndex((migration) => migration.id === id)).sort();
const undecidedOf = ({ undecided }: Judgement): readonly unknown[] =>
  undecided.map(({ migration, applied, missing, there }) => [
    migration.name,
    applied,
    missing.map(({ name }) => name),
    there.map(({ name }) => name),
  ]);

const USUAL = lineOf([
  [make(table('a'))],
  [make(column('a', 'x'))],
  [],
  [make(table('b')), drop(column('a', 'x'))],
]);

describe('judging a target', () => {
  it('finds true what is true, and tells what is seen from what is not', () => {
    for (const ran of [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]) {
      const { applied, seen, undecided } = judge(USUAL, really(USUAL, ran), { applied: ran });
      expect(undecided).toEqual([]);
      expect(indexesOf(applied)).toEqual(ran);
      expect(indexesOf(seen)).toEqual(
        ran.filter((index) => index !== 2 && !(index === 1 && ran.includes(3))),
      );
    }
  });

  it('tells what is missing of what is claimed, and what is there of what is not', () => {
    expect(undecidedOf(judge(USUAL, really(USUAL, [0]), { applied: [0, 1] }))).toEqual([
      ['m1', true, ['x'], []],
    ]);
    expect(undecidedOf(judge(USUAL, really(USUAL, [0, 1]), { applied: [0] }))).toEqual([
      ['m1', false, [], ['x']],
    ]);
    expect(undecidedOf(judge(USUAL, really(USUAL, [0, 1]), { applied: [0, 1, 3] }))).toEqual([
      ['m3', true, ['b'], ['x']],
    ]);
  });

  it('asks about what is suspect even where it fits', () => {
    const said: Said = { applied: [0, 1], suspect: { 1: 'rolled_back' } };
    const { undecided } = judge(USUAL, really(USUAL, [0, 1]), said);
    expect(undecided).toMatchObject([{ migration: { name: 'm1' }, suspicion: 'rolled_back', shown: true }]);
    const data = judge(USUAL, really(USUAL, [0, 2]), { applied: [0, 2], suspect: { 2: 'rolled_back' } });
    expect(data.undecided).toMatchObject([{ migration: { name: 'm2' }, shown: false }]);
  });

  it('goes by the catalog when told to, and by the last word where that shows nothing', () => {
    const lie = judge(USUAL, really(USUAL, [0]), {
      applied: [0, 1, 2],
      suspect: { 2: 'rolled_back' },
      trust: 'catalog',
    });
    expect(indexesOf(lie.applied)).toEqual([0, 2]);
    expect(lie.settled.map(({ migration }) => migration.name)).toEqual(['m1', 'm2']);
    // Whether m1 ran before m3 took its column away is not to be seen: there the state's word stands.
    const unclaimed = judge(USUAL, really(USUAL, [0, 1, 3]), { applied: [0], trust: 'catalog' });
    expect([indexesOf(unclaimed.applied), unclaimed.undecided]).toEqual([[0, 3], []]);
  });

  it('goes by the state when told to', () => {
    const { applied, undecided } = judge(USUAL, really(USUAL, [0]), { applied: [0, 1], trust: 'state' });
    expect([indexesOf(applied), undecided]).toEqual([[0, 1], []]);
  });

  it('leaves open what is partly there, or can be explained in two ways', () => {
    const two = lineOf([[make(table('a')), make(table('b'))], [drop(table('b'))]]);
    expect(undecidedOf(judge(two, '10', { applied: [0], trust: 'catalog' }))).toEqual([]);
    const half = lineOf([[make(table('a')), make(table('b'))]]);
    expect(undecidedOf(judge(half, '10', { applied: [0], trust: 'catalog' }))).toEqual([
      ['m0', true, ['b'], []],
    ]);
    const either = lineOf([[make(table('a'))], [drop(table('a'))]]);
    expect(undecidedOf(judge(either, '0', { applied: [0], trust: 'catalog' }))).toEqual([
      ['m0', true, ['a'], []],
    ]);
  });

  it('takes the ledger’s word, whatever the state says', () => {
    const { applied, undecided } = judge(USUAL, really(USUAL, [0, 1]), {
      applied: [],
      ledger: { 0: true, 1: true, 3: false },
    });
    expect([indexesOf(applied), undecided]).toEqual([[0, 1], []]);
  });

  it('does not hold what others may have made for a sign', () => {
    const shared = lineOf([
      [make(object('extension', 'pgcrypto'))],
      [make(object('relation', 't', { schema: 'public' }))],
    ]);
    expect(judge(shared, '11', { applied: [] }).undecided).toEqual([]);
    expect(undecidedOf(judge(shared, '01', { applied: [0, 1] }))).toEqual([['m0', true, ['pgcrypto'], []]]);
  });

  it('follows renames and drops to what is in a table', () => {
    const line = lineOf([
      [make(table('a')), make(column('a', 'x')), make(object('relation', 'i', { within: 'a' }))],
      [rename(table('a'), table('b'))],
      [rename(column('b', 'x'), column('b', 'y'))],
      [drop(table('b'))],
    ]);
    expect(line.objects.map(({ key }) => key)).toEqual(
      [table('a'), column('a', 'x'), table('i'), table('b'), column('b', 'x'), column('b', 'y')].map(
        objectKey,
      ),
    );
    for (const ran of [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]) {
      expect(judge(line, really(line, ran), { applied: ran }).undecided).toEqual([]);
    }
    expect(really(line, [0, 1, 2])).toBe('001101');
  });
});

describe('judging any target', () => {
  const someObject = fc.oneof(
    fc.constantFrom('a', 'b', 'c').map(table),
    fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y')).map(([of, name]) => column(of, name)),
  );
  const someEffect = fc.oneof(
    someObject.map(make),
    someObject.map(drop),
    fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c'))
      .map(([from, to]) => rename(table(from), table(to))),
  );
  const someLine = fc
    .array(fc.array(someEffect, { maxLength: 3 }), { minLength: 1, maxLength: MIGRATIONS_MAX })
    .map(lineOf);
  const someCase = someLine.chain((line) =>
    fc.record({ line: fc.constant(line), ran: fc.subarray(line.migrations.map((_, index) => index)) }),
  );

  it('has nothing against the truth', () => {
    fc.assert(
      fc.property(someCase, ({ line, ran }) => {
        expect(judge(line, really(line, ran), { applied: ran }).undecided).toEqual([]);
      }),
    );
  });

  it('takes nothing for settled by the catalog that does not explain all of it', () => {
    fc.assert(
      fc.property(someCase, fc.array(fc.nat(MIGRATIONS_MAX - 1)), ({ line, ran }, said) => {
        const found = really(line, ran);
        const applied = said.filter((index) => index < line.migrations.length);
        const judged = judge(line, found, { applied, trust: 'catalog' });
        const left = compareTarget(line, judged.applied, found).mismatches;
        expect(judged.undecided.length === 0).toBe(left.length === 0);
      }),
    );
  });
});
