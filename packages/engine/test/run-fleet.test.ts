import { isBfmError, parseSchemaName, type SchemaName } from '@bfm/core';
import { buildCatalog } from '@bfm/engine';
import { makeDraft, MemoryStore, MemoryWorld } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

/** More than a step may depend on before what is done is remembered. */
const TENANTS = Array.from({ length: 60 }, (_, index) => schemaName(`t${index}`));

function schemaName(text: string): SchemaName {
  const result = parseSchemaName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

const { catalog } = buildCatalog(
  [
    makeDraft({ version: '20250101000001', name: 'orgs', connection: 'core', schema: 'core' }),
    makeDraft({ version: '20250102000001', name: 'alerts', schema: null, dependsOn: ['core/orgs'] }),
    makeDraft({ version: '20250102000002', name: 'rules', schema: null, dependsOn: ['alerts'] }),
    makeDraft({ version: '20250102000003', name: 'notes', schema: null }),
  ],
  { defaultSchemas: new Map() },
);

describe('a step that a fleet depends on', () => {
  it('is done first going up, and last going down', async () => {
    const store = new MemoryStore();
    const world = new MemoryWorld(catalog, store);
    const up = await world.apply({ schemas: TENANTS });
    expect(up.summary).toMatchObject({ applied: 1 + 3 * TENANTS.length, failed: 0 });
    expect(store.effects[0]).toBe('core/core: do orgs');
    const down = await world.apply({
      direction: 'down',
      all: true,
      schemas: [...TENANTS, schemaName('core')],
    });
    expect(down.summary).toMatchObject({ rolled_back: 1 + 3 * TENANTS.length, failed: 0 });
    expect(store.effects.at(-1)).toBe('core/core: undo orgs');
  });

  it('stays when one of them could not be rolled back', async () => {
    const store = new MemoryStore('memory', (sql, { schema }) =>
      sql === 'undo alerts' && schema === 't41' ? 'failed' : 'ok',
    );
    const world = new MemoryWorld(catalog, store);
    await world.apply({ schemas: TENANTS });
    const down = await world.apply({
      direction: 'down',
      all: true,
      schemas: [...TENANTS, schemaName('core')],
    });
    expect(down.summary).toMatchObject({ rolled_back: 3 * TENANTS.length - 1, failed: 1, not_started: 1 });
    expect(down.steps.find(({ target }) => target.schema === 'core')).toMatchObject({
      outcome: 'not_started',
      error: { code: 'step.blocked', message: expect.stringContaining('app/t41') as unknown },
    });
  });
});

describe('a tree that lacks what a fleet was given', () => {
  it('is refused with every drift named once, and every tenant, in a number that stays bearable', async () => {
    const drafts = Array.from({ length: 50 }, (_, index) =>
      makeDraft({ version: `202501010000${String(index + 10)}`, schema: null }),
    );
    const catalogOf = (some: typeof drafts): typeof catalog =>
      buildCatalog(some, { defaultSchemas: new Map() }).catalog;
    const store = new MemoryStore();
    await new MemoryWorld(catalogOf(drafts), store).apply({ schemas: TENANTS });
    const refused = new MemoryWorld(catalogOf(drafts.slice(0, 1)), store).plan({ schemas: TENANTS });
    const error: unknown = await refused.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'drift.missing' });
    const faults = isBfmError(error) ? (error.details.faults ?? []) : [];
    expect(faults).toHaveLength(49 + 20 * (TENANTS.length - 1));
    expect(new Set(faults.map(({ where }) => where.migration_id)).size).toBe(49);
    expect(new Set(faults.map(({ where }) => where.schema)).size).toBe(TENANTS.length);
  });
});

describe('the result of a run over many targets', () => {
  it('tells of every step whenever it is asked, with the same errors for what failed', async () => {
    const store = new MemoryStore('memory', (sql, { schema }) =>
      sql === 'do alerts' && schema !== 't0' ? 'failed' : 'ok',
    );
    const result = await new MemoryWorld(catalog, store).apply({ schemas: TENANTS });
    const failing = TENANTS.length - 1;
    expect(result.summary).toEqual({
      applied: 1 + 3 + failing,
      rolled_back: 0,
      skipped: 0,
      failed: failing,
      not_started: failing,
      needs_attention: 0,
    });
    expect(result.stepCount).toBe(1 + 3 * TENANTS.length);
    expect(result.steps).toEqual([...result.eachStep()]);
    const [blocked] = result.steps.filter(({ outcome }) => outcome === 'not_started');
    expect(blocked).toMatchObject({
      migrationId: '20250102000002_rules_postgresql_app',
      error: { code: 'step.blocked', details: { dependency: '20250102000001_alerts_postgresql_app' } },
    });
    const failed = (): unknown[] =>
      result.steps.map(({ error }) => error).filter((error) => error?.code === 'step.failed');
    expect(failed()[0]).toBe(failed()[0]);
  });
});
