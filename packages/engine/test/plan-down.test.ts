import { parseSchemaName, type Catalog, type MigrationId, type SchemaName } from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import { makeDraft, MemoryStore, MemoryWorld } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

const drafts = [
  makeDraft({ version: '20250101000001', name: 'regions', connection: 'core', schema: 'core' }),
  makeDraft({
    version: '20250101000002',
    name: 'orgs',
    connection: 'core',
    schema: 'core',
    dependsOn: ['regions'],
  }),
  makeDraft({
    version: '20250101000003',
    name: 'users',
    connection: 'guard',
    schema: 'guard',
    dependsOn: ['core/orgs'],
  }),
  makeDraft({
    version: '20250101000004',
    name: 'alerts',
    connection: 'tenant',
    schema: null,
    dependsOn: ['core/orgs'],
  }),
  makeDraft({ version: '20250101000005', name: 'free', connection: 'core', schema: 'core' }),
];
const tenants = ['t1', 't2'].map((text) => {
  const result = parseSchemaName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
});

describe('planning down', () => {
  it('rolls back in reverse order, dependents of other targets first', async () => {
    const { world, store } = await applied();
    const result = await world.apply({ direction: 'down', all: true, schemas: [...tenants, ...fixed()] });
    expect(result.summary).toMatchObject({ rolled_back: 6, failed: 0 });
    const undone = store.effects.filter((effect) => effect.includes('undo'));
    const at = (effect: string): number => undone.indexOf(effect);
    expect(at('core/core: undo orgs')).toBeGreaterThan(at('guard/guard: undo users'));
    expect(at('core/core: undo orgs')).toBeGreaterThan(at('tenant/t1: undo alerts'));
    expect(at('core/core: undo orgs')).toBeGreaterThan(at('tenant/t2: undo alerts'));
    expect(at('core/core: undo regions')).toBeGreaterThan(at('core/core: undo orgs'));
  });

  it('refuses while applied dependents remain in any target, naming each', async () => {
    const { world } = await applied();
    const [, orgs] = world.catalog.migrations;
    await expect(world.plan({ direction: 'down', migrations: [orgs?.id ?? never()] })).rejects.toMatchObject({
      code: 'rollback.dependents',
      details: { faults: [{}, {}, {}] },
    });
  });

  it('is not kept by dependents when they are to be ignored', async () => {
    const { world } = await applied();
    const [, orgs] = world.catalog.migrations;
    const request = {
      direction: 'down',
      migrations: [orgs?.id ?? never()],
      ignoreDependencies: true,
    } as const;
    expect((await world.apply(request)).summary).toMatchObject({ rolled_back: 1, failed: 0 });
    const again = await world.apply({ migrations: [orgs?.id ?? never()], ignoreDependencies: true });
    expect(again.summary).toMatchObject({ applied: 1, skipped: 0 });
  });

  it('leaves the bound itself applied', async () => {
    const { world } = await applied();
    const plan = await world.plan({
      direction: 'down',
      to: drafts[1]?.version ?? never(),
      connections: coreOnly(),
    });
    expect(plan.groups.flatMap(({ steps }) => steps.map(({ name }) => name))).toEqual(['free']);
  });

  it('warns of newer migrations that stay, once for all targets that are alike', async () => {
    const dynamic = [1, 2, 3].map((number) =>
      makeDraft({
        version: `2025010100000${number}`,
        name: `d${number}`,
        connection: 'tenant',
        schema: null,
      }),
    );
    const world = new MemoryWorld(catalogOf(dynamic), new MemoryStore());
    await world.apply({ schemas: tenants });
    const [, second, third] = world.catalog.migrations;
    const down = { direction: 'down', schemas: tenants } as const;
    const middle = await world.plan({ ...down, migrations: [second?.id ?? never()] });
    expect(middle.warnings.map(({ code }) => code)).toEqual(['rollback.newer_stay']);
    expect(middle.warnings[0]?.message).toContain(
      '1 newer migration stays applied in 2 targets of connection',
    );
    expect(middle.warnings[0]?.mend).toContain(
      'bfm down --connection tenant --schema t1 --schema t2 --to 20250101000001',
    );
    expect((await world.plan({ ...down, migrations: [third?.id ?? never()] })).warnings).toEqual([]);
    expect((await world.plan({ ...down, all: true })).warnings).toEqual([]);
  });

  it('takes the newest so many of each target', async () => {
    const { world } = await applied();
    const plan = await world.plan({ direction: 'down', steps: 1, connections: coreOnly() });
    expect(plan.groups.flatMap(({ steps }) => steps.map(({ name }) => name))).toEqual(['free']);
  });

  it('refuses what has no down', async () => {
    const only = makeDraft({ version: '20250101000001', down: null });
    const world = new MemoryWorld(catalogOf([only]));
    await world.apply();
    await expect(world.plan({ direction: 'down', all: true })).rejects.toMatchObject({
      code: 'migration.irreversible',
    });
  });

  it('refuses where an up has not ended, unless that one stays', async () => {
    const { world, store } = await applied();
    const [, orgs, , , free] = world.catalog.migrations.map(({ id }) => id).toSorted();
    begin(store, free ?? never());
    const connections = coreOnly();
    const refusal = { code: 'rollback.partly_run', details: { faults: [{ where: { migration_id: free } }] } };
    await expect(world.plan({ direction: 'down', steps: 1, connections })).rejects.toMatchObject(refusal);
    await expect(world.plan({ direction: 'down', migrations: [free ?? never()] })).rejects.toMatchObject(
      refusal,
    );
    begin(store, orgs ?? never());
    const regions = world.catalog.migrations.find(({ name }) => name === 'regions')?.id ?? never();
    await expect(world.plan({ direction: 'down', migrations: [regions] })).rejects.toMatchObject({
      code: 'rollback.dependents',
    });
  });

  it('refuses where something that is partly run has no file any more, even with nothing else to roll back', async () => {
    const { store } = await applied();
    const scope = [...store.scopes.values()].find(({ target }) => target.connection === 'core') ?? never();
    const [first] = scope.entries.keys();
    begin(store, first ?? never());
    for (const id of [...scope.entries.keys()].slice(1)) scope.entries.delete(id);
    const without = catalogOf([makeDraft({ version: '20260101000001', connection: 'core', schema: 'core' })]);
    const world = new MemoryWorld(without, store);
    const refusal = { code: 'drift.missing', details: { faults: [{ where: { migration_id: first } }] } };
    await expect(world.plan({ direction: 'down', all: true })).rejects.toMatchObject(refusal);
    await expect(world.plan()).rejects.toMatchObject(refusal);
  });

  it('skips a target where nothing is applied', async () => {
    const plan = await new MemoryWorld(catalogOf(drafts)).plan({ direction: 'down', all: true });
    expect(plan.groups).toEqual([]);
    expect(plan.skips.map(({ reason }) => reason)).toContain('not_applied');
  });

  it('lets what was rolled back be applied again', async () => {
    const { world } = await applied();
    await world.apply({ direction: 'down', steps: 1, connections: coreOnly() });
    const again = await world.apply({ connections: coreOnly() });
    expect(again.summary).toMatchObject({ applied: 1, failed: 0 });
  });
});

async function applied(): Promise<{ world: MemoryWorld; store: MemoryStore }> {
  const store = new MemoryStore();
  const world = new MemoryWorld(catalogOf(drafts), store);
  await world.apply();
  await world.apply({ schemas: tenants });
  return { world, store };
}

/** Says in the ledger of core/core that the up of a migration began and did not end. */
function begin(store: MemoryStore, migrationId: MigrationId): void {
  const entries = store.scopes.get('core/core')?.entries ?? never();
  entries.set(migrationId, { ...(entries.get(migrationId) ?? never()), status: 'started' });
}

function fixed(): SchemaName[] {
  return drafts.map(({ schema }) => schema).filter((schema) => schema !== null);
}

function coreOnly(): MigrationDraft['connection'][] {
  return [drafts[0]?.connection ?? never()];
}

function catalogOf(list: readonly MigrationDraft[]): Catalog {
  return buildCatalog(list, { defaultSchemas: new Map() }).catalog;
}

function never(): never {
  throw new Error('a test asked for something that is not there');
}
