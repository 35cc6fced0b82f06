import { makePlanRequest, parseSchemaName, type SchemaName } from '@bfm/core';
import type { TargetStore } from '@bfm/engine';
import { applyPlan, planMigrations, readStatus, type ServiceContext } from '@bfm/service';
import { makeDraft, MemoryStore, wordCompiler } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { APPLY, makeContext } from './make-context.ts';

const TENANTS = Array.from({ length: 500 }, (_, index) => schemaName(`t${index}`));
const request = makePlanRequest({ schemas: TENANTS });

function schemaName(text: string): SchemaName {
  const result = parseSchemaName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

const first = (up: string): ReturnType<typeof makeDraft> =>
  makeDraft({ version: '20250101000001', name: 'first', schema: null, up: [up] });
const second = makeDraft({ version: '20250101000002', name: 'second', schema: null });

interface Looks {
  readonly context: ServiceContext;
  /** How often two texts were compared, and texts fetched. */
  readonly counts: { compared: number; fetched: number };
}

/** Everything applied to all tenants, the second migration only to half of them; then the first file is edited. */
async function edited(up: string): Promise<Looks> {
  const counts = { compared: 0, fetched: 0 };
  const store: TargetStore = new MemoryStore();
  const before = makeContext([first('do first'), second], { storeOf: () => store });
  const half = makePlanRequest({ schemas: TENANTS.slice(0, 250) });
  await applyPlan(await planMigrations(half, before), APPLY, before);
  const only = makePlanRequest({ schemas: TENANTS, to: first('').version });
  await applyPlan(await planMigrations(only, before), APPLY, before);
  const texts = store.revisionTexts.bind(store);
  store.revisionTexts = (checksums) => {
    counts.fetched += 1;
    return texts(checksums);
  };
  const context = makeContext([first(up), second], {
    storeOf: () => store,
    loadCompiler: () =>
      Promise.resolve({
        ...wordCompiler,
        sameMeaning: (...args) => {
          counts.compared += 1;
          return wordCompiler.sameMeaning(...args);
        },
      }),
  });
  return { context, counts };
}

describe('a file that was edited after it was applied to a fleet', () => {
  it('is compared once, however many tenants and however many ledgers, when a comment was changed', async () => {
    const { context, counts } = await edited('do first #why');
    const plan = await planMigrations(request, context);
    expect(plan.groups.map(({ targets }) => targets.length)).toEqual([250]);
    expect(counts).toEqual({ compared: 1, fetched: 1 });
    const status = await readStatus(request, context);
    expect(status.every(({ drift }) => drift.length === 0)).toBe(true);
    expect(counts).toEqual({ compared: 2, fetched: 2 });
  });

  it('stops the plan when its meaning changed, for every tenant it was applied to', async () => {
    const { context, counts } = await edited('do another');
    await expect(planMigrations(request, context)).rejects.toMatchObject({
      code: 'drift.checksum_changed',
      details: { faults: { length: TENANTS.length } },
    });
    expect(counts.compared).toBe(1);
  });

  it('is not looked at while its bytes are the same', async () => {
    const { context, counts } = await edited('do first');
    await planMigrations(request, context);
    expect(counts).toEqual({ compared: 0, fetched: 0 });
  });
});
