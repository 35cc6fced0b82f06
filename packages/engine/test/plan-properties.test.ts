import { parseSchemaName, type SchemaName } from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import { fc, makeDraft, MemoryStore, MemoryWorld } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

const CONNECTIONS = ['core', 'guard', 'tenant', 'metrics'] as const;
const TENANTS: readonly SchemaName[] = ['t1', 't2', 't3'].map((text) => {
  const result = parseSchemaName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
});

/** Catalogs of up to 14 migrations over two fixed and two dynamic connections; dependencies point backwards only. */
const drafts: fc.Arbitrary<MigrationDraft[]> = fc
  .array(
    fc.record({
      connection: fc.constantFrom(...CONNECTIONS),
      on: fc.array(fc.nat(13), { maxLength: 3 }),
      version: fc.nat(99),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((items) => items.map((item, index) => toDraft(item, index, items)));

describe('plans, whatever the catalog', () => {
  it('are the same for any order of files', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.infiniteStream(fc.nat()), async (list, order) => {
        const shuffled = list
          .map((draft) => ({ draft, key: order.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ draft }) => draft);
        const [one, other] = await Promise.all(
          [list, shuffled].map((some) => worldOf(some).plan({ schemas: everywhere(list) })),
        );
        expect(other?.digest).toBe(one?.digest);
      }),
    );
  });

  it('leave nothing pending once applied, and applying again does nothing', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.integer({ min: 1, max: 4 }), async (list, concurrency) => {
        const store = new MemoryStore();
        const world = worldOf(list, store);
        const result = await world.apply({ schemas: everywhere(list) }, { concurrency });
        expect(result.status).toBe('succeeded');
        expect((await world.plan({ schemas: everywhere(list) })).groups).toEqual([]);
        expect(new Set(store.effects).size).toBe(store.effects.length);
      }),
    );
  });

  it('apply dependencies first, in whatever target they are', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, async (list) => {
        const store = new MemoryStore();
        const world = worldOf(list, store);
        await world.apply({ schemas: everywhere(list) });
        const position = new Map(store.effects.map((effect, index) => [effect, index]));
        for (const { dependency, dependent } of edgesOf(world, 'do')) {
          expect(position.get(dependency)).toBeLessThan(position.get(dependent) ?? -1);
        }
      }),
    );
  });

  it('come to the same end after any failures and any number of runs', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.infiniteStream(fc.nat(5)), async (list, dice) => {
        let calm = false;
        const store = new MemoryStore('memory', () => {
          const roll = calm ? 5 : (dice.next().value as number);
          return (['failed', 'contended', 'lost_before_commit', 'lost_after_commit'] as const)[roll] ?? 'ok';
        });
        const world = worldOf(list, store);
        const schemas = everywhere(list);
        for (let run = 0; run < 4; run += 1) await world.apply({ schemas });
        calm = true;
        expect((await world.apply({ schemas })).status).toBe('succeeded');
        const expected = list.reduce((sum, { schema }) => sum + (schema === null ? TENANTS.length : 1), 0);
        expect(new Set(store.effects).size).toBe(expected);
        expect(store.effects).toHaveLength(expected);
      }),
    );
  });

  it('roll everything back in an order in which nothing loses what it depends on', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, async (list) => {
        const store = new MemoryStore();
        const world = worldOf(list, store);
        await world.apply({ schemas: everywhere(list) });
        const ups = store.effects.length;
        const result = await world.apply({ direction: 'down', all: true, schemas: everywhere(list) });
        expect(result.status).toBe('succeeded');
        const undone = store.effects.slice(ups);
        expect(undone).toHaveLength(ups);
        const position = new Map(undone.map((effect, index) => [effect, index]));
        for (const { dependency, dependent } of edgesOf(world, 'undo')) {
          expect(position.get(dependency)).toBeGreaterThan(position.get(dependent) ?? Infinity);
        }
      }),
    );
  });
});

interface Item {
  readonly connection: (typeof CONNECTIONS)[number];
  readonly on: readonly number[];
  readonly version: number;
}

function toDraft({ connection, on, version }: Item, index: number, items: readonly Item[]): MigrationDraft {
  const dynamic = connection === 'tenant' || connection === 'metrics';
  const dependsOn = on
    .filter((target) => target < index)
    .filter((target) => dynamic || !['tenant', 'metrics'].includes(items[target]?.connection ?? ''))
    .map((target) => `${items[target]?.connection ?? ''}/n${target}`);
  return makeDraft({
    // Random first digits, so that version order and dependency order disagree; the index keeps versions apart.
    version: `2025010${version % 10}0${version % 10}00${String(index).padStart(2, '0')}`,
    name: `n${index}`,
    connection,
    schema: dynamic ? null : `${connection}_schema`,
    dependsOn,
  });
}

/** Every dependency in every place it holds, as the effects the two sides leave. */
function edgesOf(world: MemoryWorld, verb: string): { dependency: string; dependent: string }[] {
  const { migrations, byId } = world.catalog;
  return migrations.flatMap((migration) =>
    (migration.schema === null ? TENANTS : [migration.schema]).flatMap((place) =>
      migration.dependencies
        .map((id) => byId.get(id))
        .filter((dependency) => dependency !== undefined)
        .map((dependency) => ({
          dependency: `${dependency.connection}/${dependency.schema ?? place}: ${verb} ${dependency.name}`,
          dependent: `${migration.connection}/${place}: ${verb} ${migration.name}`,
        })),
    ),
  );
}

/** The tenants, and what the catalog's fixed migrations name: everything there is. */
function everywhere(list: readonly MigrationDraft[]): SchemaName[] {
  return [...TENANTS, ...new Set(list.map(({ schema }) => schema).filter((schema) => schema !== null))];
}

function worldOf(list: readonly MigrationDraft[], store = new MemoryStore()): MemoryWorld {
  const { catalog, faults } = buildCatalog(list, { defaultSchemas: new Map() });
  expect(faults).toEqual([]);
  return new MemoryWorld(catalog, store);
}
