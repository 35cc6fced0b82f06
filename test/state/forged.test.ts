import { fc } from '@bfm/testing';
import type { PageRequest, StatePage, StateReads } from '@bfm/engine';
import { describe, expect, it } from 'vitest';
import { ANN, createRun, newRun, START, STATE_PLACES, useState } from './support/use-state.ts';

const RUN = '00000000-0000-4000-8000-000000000000';
const TIME = '2026-11-23T01:02:03.000004Z';

/** Every list, with a cursor that it could have given. */
const LISTS: readonly {
  readonly name: string;
  readonly good: readonly string[];
  readonly list: (reads: StateReads, page: PageRequest) => Promise<StatePage<unknown>>;
}[] = [
  {
    name: 'runs',
    good: [TIME, RUN],
    list: ({ runs }, page) => runs.list({ status: null, actor: null, method: null }, page),
  },
  { name: 'steps of a run', good: ['17'], list: ({ steps }, page) => steps.ofRun(RUN, page) },
  {
    name: 'history',
    good: [TIME, RUN, '3'],
    list: ({ steps }, page) =>
      steps.history({ migrationId: null, connection: null, schema: null, outcome: null }, page),
  },
  {
    name: 'audit',
    good: ['9'],
    list: ({ audit }, page) => audit.list({ actor: null, action: null, object: null }, page),
  },
  {
    name: 'projection',
    good: ['core', 's', 'm'],
    list: ({ projection }, page) =>
      projection.list({ connection: null, schema: null, migrationId: null, status: null }, page),
  },
  { name: 'known migrations', good: ['m'], list: ({ migrations }, page) => migrations.list(null, page) },
];

const toCursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** What whoever makes cursors up would try in the place of one part. */
const FORGED_PARTS = [
  '',
  'x',
  '-1',
  '1e3',
  '99999999999999999999',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  'infinity',
  'now',
  "' OR 1 = 1 --",
  'a\0b',
  null,
  7,
  { a: 1 },
  ['x'],
];

describe.each(STATE_PLACES)('what is made up, on $name', async (place) => {
  const { open } = await useState(place);

  it.each(LISTS)('is no cursor of $name', async ({ good, list }) => {
    const state = await open();
    const ask = (after: string): Promise<unknown> => state.read((reads) => list(reads, { limit: 10, after }));
    await expect(ask(toCursor(good))).resolves.toMatchObject({ next: null });
    const forged = [
      '',
      'é',
      'bnVsbA',
      toCursor(null),
      toCursor({}),
      toCursor([]),
      toCursor([...good, 'more']),
      ...good.flatMap((_part, place) =>
        FORGED_PARTS.map((part) => toCursor(good.with(place, part as string))),
      ),
    ];
    const isAnyText = good.every((part) => /^[a-z]+$/.test(part));
    for (const cursor of forged) {
      const answer = await ask(cursor).then(
        () => 'answered',
        (error: unknown) => (error as { readonly code: string }).code,
      );
      // Where parts are texts, any text may be one.
      expect([cursor, answer]).toEqual([
        cursor,
        isAnyText && answer === 'answered' ? answer : 'request.invalid',
      ]);
    }
  });

  it('is answered as a request that is wrong, never as a fault of ours', async () => {
    const state = await open();
    const anything = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(TIME, RUN, '5')), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(anything, fc.constantFrom(...LISTS), async (key, { list }) => {
        const answer = await state
          .read((reads) => list(reads, { limit: 10, after: toCursor(key) }))
          .then(
            () => 'request.invalid',
            (error: unknown) => (error as { readonly code: string }).code,
          );
        expect(answer).toBe('request.invalid');
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, -1, 1.5, 1_001, Number.NaN, Number.POSITIVE_INFINITY])(
    'is no size of a page: %d',
    async (limit) => {
      const state = await open();
      for (const { list } of LISTS) {
        await expect(state.read((reads) => list(reads, { limit, after: null }))).rejects.toMatchObject({
          code: 'request.invalid',
        });
      }
    },
  );

  it('is no text with a NUL, wherever it comes', async () => {
    const state = await open();
    const wrong = { code: 'request.invalid' };
    await expect(createRun(state, { actor: 'a\0' })).rejects.toMatchObject(wrong);
    await expect(createRun(state, { request: { text: 'a\0' } })).rejects.toMatchObject(wrong);
    await expect(
      state.write({ ...ANN, name: 'a\0' }, START, ({ runs }) => runs.create(newRun())),
    ).rejects.toMatchObject(wrong);
    await expect(
      state.read(({ runs }) =>
        runs.list({ status: null, actor: '\0', method: null }, { limit: 1, after: null }),
      ),
    ).rejects.toMatchObject(wrong);
    expect(
      await state.read(({ runs }) =>
        runs.list({ status: null, actor: null, method: null }, { limit: 1, after: null }),
      ),
    ).toEqual({ items: [], next: null });
  });
});
