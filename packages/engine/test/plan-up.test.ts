import { parseSchemaName, type Catalog, type SchemaName } from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import { makeDraft, MemoryStore, MemoryWorld } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

const core = [
  makeDraft({ version: '20250101000001', name: 'regions', connection: 'core', schema: 'core' }),
  makeDraft({
    version: '20250101000002',
    name: 'orgs',
    connection: 'core',
    schema: 'core',
    dependsOn: ['regions'],
  }),
];
const guard = [
  makeDraft({
    version: '20250101000001',
    name: 'users',
    connection: 'guard',
    schema: 'guard',
    dependsOn: ['core/orgs'],
  }),
];
const tenant = [
  makeDraft({
    version: '20250102000001',
    name: 'alerts',
    connection: 'tenant',
    schema: null,
    dependsOn: ['core/orgs'],
  }),
  makeDraft({
    version: '20250102000002',
    name: 'rules',
    connection: 'tenant',
    schema: null,
    dependsOn: ['alerts'],
  }),
];

describe('planning up', () => {
  it('plans all fixed migrations, and skips dynamic ones with the reason, when no schema is named', async () => {
    const plan = await new MemoryWorld(catalogOf([...core, ...guard, ...tenant])).plan();
    expect(stepsOf(plan)).toEqual(['core/core regions', 'core/core orgs', 'guard/guard users']);
    expect(plan.skips).toEqual([
      { connection: 'tenant', schema: null, reason: 'schema_required', migrations: 2 },
    ]);
  });

  it('pulls in what a selected migration depends on, and says so', async () => {
    const world = new MemoryWorld(catalogOf([...core, ...guard, ...tenant]));
    const plan = await world.plan({ schemas: names('t1') });
    expect(stepsOf(plan)).toEqual([
      'core/core regions',
      'core/core orgs',
      'tenant/t1 alerts',
      'tenant/t1 rules',
    ]);
    const reasons = plan.groups.flatMap(({ steps }) => steps.map(({ reason }) => reason));
    expect(reasons).toEqual(['dependency', 'dependency', 'selected', 'selected']);
  });

  it('puts targets with the same pending set into one group and the others into their own', async () => {
    const world = new MemoryWorld(catalogOf([...core, ...tenant]));
    await world.apply({
      schemas: names('t2'),
      to: '20250102000001' as Catalog['migrations'][number]['version'],
    });
    const plan = await world.plan({ schemas: names('t1', 't2', 't3') });
    expect(
      plan.groups.map(({ targets, steps }) => [targets.map(({ schema }) => schema), steps.length]),
    ).toEqual([
      [['t1', 't3'], 2],
      [['t2'], 1],
    ]);
  });

  it('skips a listed schema that does not exist, and creates a named one', async () => {
    const store = new MemoryStore();
    const world = new MemoryWorld(catalogOf(tenant.map(independent)), store);
    const listed = await world.plan({ listedSchemas: names('ghost'), schemasListed: true });
    expect(listed.groups).toEqual([]);
    expect(listed.skips).toMatchObject([{ schema: 'ghost', reason: 'schema_missing' }]);
    const made = await world.plan({
      listedSchemas: names('ghost'),
      schemasListed: true,
      createSchemas: true,
    });
    expect(made.groups[0]?.targets).toEqual([{ schema: 'ghost', createSchema: true }]);
    const named = await world.plan({ schemas: names('ghost') });
    expect(named.groups[0]?.targets).toEqual([{ schema: 'ghost', createSchema: true }]);
  });

  it('plans nothing for a list that came out empty', async () => {
    const plan = await new MemoryWorld(catalogOf([...core, ...tenant])).plan({ schemasListed: true });
    expect(plan.groups).toEqual([]);
    expect(plan.skips).toEqual([]);
  });

  it('refuses a schema that holds objects but no ledger, unless told otherwise', async () => {
    const store = new MemoryStore();
    const world = new MemoryWorld(catalogOf(core), store);
    store.addSchema(
      { backend: 'postgresql', connection: core[0]?.connection ?? never(), schema: name('core') },
      'foreign',
    );
    await expect(world.plan()).rejects.toMatchObject({ code: 'ledger.baseline_required' });
    expect(stepsOf(await world.plan({ allowNonEmpty: true }))).toHaveLength(2);
  });

  it('refuses an edited applied migration, naming both checksums', async () => {
    const store = new MemoryStore();
    await new MemoryWorld(catalogOf(core), store).apply();
    const edited = core.map((draft) =>
      draft.name === 'orgs' ? makeDraft({ ...partsOf(draft), up: ['another text'] }) : draft,
    );
    await expect(new MemoryWorld(catalogOf(edited), store).plan()).rejects.toMatchObject({
      code: 'drift.checksum_changed',
      message: expect.stringMatching(/sum\(do orgs\).*sum\(another text\)/) as unknown,
    });
  });

  it('refuses when an applied migration is gone from the source', async () => {
    const store = new MemoryStore();
    await new MemoryWorld(catalogOf(core), store).apply();
    const [regions = never()] = core;
    await expect(new MemoryWorld(catalogOf([regions]), store).plan()).rejects.toMatchObject({
      code: 'drift.missing',
    });
  });

  it('refuses a late migration that comes before an applied one, and allows it when asked', async () => {
    const store = new MemoryStore();
    await new MemoryWorld(catalogOf(core), store).apply();
    const late = makeDraft({ version: '20250101000000', name: 'late', connection: 'core', schema: 'core' });
    const world = new MemoryWorld(catalogOf([...core, late]), store);
    await expect(world.plan()).rejects.toMatchObject({ code: 'drift.out_of_order' });
    expect(stepsOf(await world.plan({ outOfOrder: 'allow' }))).toEqual(['core/core late']);
  });

  it('does not call out of order what a selection left pending', async () => {
    const world = new MemoryWorld(catalogOf(chain(3, { independent: true })));
    const third = world.catalog.migrations[2];
    await world.apply({ migrations: [third?.id ?? never()] });
    expect(stepsOf(await world.plan())).toEqual(['app/main m0001', 'app/main m0002']);
  });

  it('does not call out of order what a failure left pending', async () => {
    const store = new MemoryStore('memory', (sql) => (sql === 'do m0001' && failing ? 'failed' : 'ok'));
    let failing = true;
    const world = new MemoryWorld(catalogOf(chain(3, { independent: true })), store);
    const first = await world.apply();
    expect(first.summary).toMatchObject({ applied: 2, failed: 1 });
    failing = false;
    expect((await world.apply()).summary).toMatchObject({ applied: 1, failed: 0 });
  });

  it('marks an up without a down as irreversible', async () => {
    const plan = await new MemoryWorld(
      catalogOf([makeDraft({ version: '20250101000001', down: null })]),
    ).plan();
    expect(plan.groups[0]?.steps[0]?.kind).toBe('irreversible');
  });

  it.each([
    ['transaction=none', { transaction: 'none' }, 'resumable'],
    ['batch', { batchSize: 100 }, 'resumable'],
    ['verify', { verify: 'SELECT true' }, 'atomic'],
  ] as const)('says of %s how it behaves when it is interrupted', async (_, execution, kind) => {
    const draft = makeDraft({ version: '20250101000001' });
    const asking = { ...draft, up: { ...draft.up, execution: { ...draft.up.execution, ...execution } } };
    const plan = await new MemoryWorld(catalogOf([asking])).plan();
    expect(plan.groups[0]?.steps[0]?.kind).toBe(kind);
  });

  it('refuses with every fault of every script at once', async () => {
    const broken = [1, 2].map((n) => makeDraft({ version: `2025010100000${n}`, up: ['broken'] }));
    await expect(new MemoryWorld(catalogOf(broken)).plan()).rejects.toMatchObject({
      code: 'migration.unparseable',
      details: { faults: [{ where: { file: broken[0]?.up.path } }, { where: { file: broken[1]?.up.path } }] },
    });
  });

  it('selects by tag, connection and version', async () => {
    const tagged = makeDraft({ version: '20250101000009', name: 'tagged', tags: { team: 'billing' } });
    const world = new MemoryWorld(catalogOf([...core, tagged]));
    expect(stepsOf(await world.plan({ tags: { team: 'billing' } }))).toEqual(['app/main tagged']);
    expect(stepsOf(await world.plan({ tags: { team: 'other' } }))).toEqual([]);
    expect(stepsOf(await world.plan({ connections: [tagged.connection] }))).toEqual(['app/main tagged']);
    expect(stepsOf(await world.plan({ to: core[0]?.version ?? never() }))).toEqual(['core/core regions']);
  });
});

function chain(length: number, { independent: free }: { independent: boolean }): MigrationDraft[] {
  return Array.from({ length }, (_, index) =>
    makeDraft({
      version: `2025010100000${index + 1}`,
      dependsOn: free || index === 0 ? [] : [`m000${index}`],
    }),
  );
}

function independent(draft: MigrationDraft): MigrationDraft {
  return { ...draft, dependencies: [] };
}

function partsOf({
  version,
  name: text,
  connection,
  schema,
  dependencies,
}: MigrationDraft): Parameters<typeof makeDraft>[0] {
  return { version, name: text, connection, schema, dependsOn: dependencies.map((ref) => ref.text) };
}

function catalogOf(drafts: readonly MigrationDraft[]): Catalog {
  const { catalog, faults } = buildCatalog(drafts, { defaultSchemas: new Map() });
  expect(faults).toEqual([]);
  return catalog;
}

function stepsOf(plan: Awaited<ReturnType<MemoryWorld['plan']>>): string[] {
  return plan.groups.flatMap(({ connection, targets, steps }) =>
    targets.flatMap(({ schema }) => steps.map((step) => `${connection}/${schema} ${step.name}`)),
  );
}

function names(...texts: string[]): SchemaName[] {
  return texts.map(name);
}

function name(text: string): SchemaName {
  const result = parseSchemaName(text);
  return result.ok ? result.name : never();
}

function never(): never {
  throw new Error('a test asked for something that is not there');
}
