import { BfmError, parseSchemaName, type Catalog, type SchemaName } from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import { makeDraft, MemoryStore, MemoryWorld, type Behaviour, type StatementEffect } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

describe('running a plan', () => {
  it('stops the dependents of a failed step, in its own target and in others, and nothing else', async () => {
    const world = worldOf(
      [
        makeDraft({ version: '20250101000001', name: 'a', connection: 'core' }),
        makeDraft({ version: '20250101000002', name: 'b', connection: 'core', dependsOn: ['a'] }),
        makeDraft({ version: '20250101000003', name: 'c', connection: 'core' }),
        makeDraft({ version: '20250101000004', name: 'd', connection: 'guard', dependsOn: ['core/b'] }),
        makeDraft({ version: '20250101000005', name: 'e', connection: 'guard' }),
      ],
      (sql) => (sql === 'do a' ? 'failed' : 'ok'),
    );
    const result = await world.apply();
    expect(outcomes(result)).toEqual({
      a: 'failed',
      b: 'not_started',
      c: 'applied',
      d: 'not_started',
      e: 'applied',
    });
    expect(result.status).toBe('failed');
    const [blocked] = result.steps.filter(({ outcome }) => outcome === 'not_started');
    expect(blocked?.error?.code).toBe('step.blocked');
  });

  it('stops rolling back a target at the first failure, and goes on with others', async () => {
    const drafts = ['a', 'b', 'c'].map((name, index) =>
      makeDraft({ version: `2025010100000${index}`, name, connection: 'tenant', schema: null }),
    );
    let isFirst = true;
    const world = worldOf(drafts, (sql) => {
      if (sql !== 'undo b' || !isFirst) return 'ok';
      isFirst = false;
      return 'failed';
    });
    await world.apply({ schemas: schemas(2) });
    const result = await world.apply(
      { direction: 'down', all: true, schemas: schemas(2) },
      { concurrency: 1 },
    );
    expect(result.steps.map(({ outcome }) => outcome)).toEqual([
      ...['rolled_back', 'failed', 'not_started'],
      ...['rolled_back', 'rolled_back', 'rolled_back'],
    ]);
    expect(result.steps[2]?.error?.message).toContain('was not rolled back');
  });

  it('ends targets that wait for each other when what one of them waits for failed', async () => {
    const world = worldOf(
      [
        makeDraft({ version: '20250101000001', name: 'a', connection: 'guard' }),
        makeDraft({ version: '20250101000002', name: 'b', connection: 'core', dependsOn: ['guard/a'] }),
        makeDraft({ version: '20250101000003', name: 'c', connection: 'guard', dependsOn: ['core/b'] }),
        makeDraft({ version: '20250101000004', name: 'd', connection: 'core', dependsOn: ['guard/c'] }),
      ],
      (sql) => (sql === 'do a' ? 'failed' : 'ok'),
    );
    for (const concurrency of [1, 2]) {
      expect(outcomes(await world.apply({}, { concurrency }))).toEqual({
        a: 'failed',
        b: 'not_started',
        c: 'not_started',
        d: 'not_started',
      });
    }
  });

  it('runs steps that depend on each other across targets in order, even one target at a time', async () => {
    const drafts = Array.from({ length: 12 }, (_, index) =>
      makeDraft({
        version: `202501010000${String(index).padStart(2, '0')}`,
        name: `s${index}`,
        connection: index % 2 === 0 ? 'core' : 'guard',
        dependsOn: index === 0 ? [] : [`${index % 2 === 0 ? 'guard' : 'core'}/s${index - 1}`],
      }),
    );
    const store = new MemoryStore();
    const world = new MemoryWorld(catalogOf(drafts), store);
    const result = await world.apply({}, { concurrency: 1 });
    expect(result.status).toBe('succeeded');
    expect(store.effects.map((effect) => effect.split(' ').at(-1))).toEqual(drafts.map(({ name }) => name));
  });

  it('lets tenants wait for the fixed schema they depend on without holding a place', async () => {
    const drafts = [
      makeDraft({ version: '20250101000001', name: 'base', connection: 'core' }),
      makeDraft({
        version: '20250101000002',
        name: 'local',
        connection: 'tenant',
        schema: null,
        dependsOn: ['core/base'],
      }),
    ];
    const world = worldOf(drafts);
    const result = await world.apply({ schemas: schemas(20) }, { concurrency: 2 });
    expect(result.summary.applied).toBe(21);
  });

  it('tries a contended step again, waiting longer each time, and gives up after the last try', async () => {
    let left = 2;
    const twice = worldOf([makeDraft({ version: '20250101000001' })], () =>
      left-- > 0 ? 'contended' : 'ok',
    );
    const result = await twice.apply();
    expect(result.steps).toMatchObject([{ outcome: 'applied', attempts: 3 }]);
    expect(twice.clock.slept).toEqual([150, 300]);
    const always = worldOf([makeDraft({ version: '20250101000001' })], () => 'contended');
    expect((await always.apply()).steps).toMatchObject([
      { outcome: 'failed', attempts: 3, error: { code: 'step.lock_timeout' } },
    ]);
  });

  it('finds out from the ledger whether a lost commit was done', async () => {
    for (const effect of ['lost_before_commit', 'lost_after_commit'] as const) {
      let broken = false;
      const store = new MemoryStore('memory', () => {
        if (broken) return 'ok';
        broken = true;
        return effect;
      });
      const world = new MemoryWorld(catalogOf([makeDraft({ version: '20250101000001' })]), store);
      const result = await world.apply();
      expect(result.steps).toMatchObject([{ outcome: 'applied' }]);
      expect(store.effects).toEqual(['app/main: do m0001']);
    }
  });

  it.each(['per-migration', 'per-target'] as const)(
    'takes a step that breaks its connection three times for the cause, with one commit %s',
    async (commit) => {
      const store = new MemoryStore('memory', (sql) => (sql.endsWith('m0002') ? 'lost_before_commit' : 'ok'));
      const result = await new MemoryWorld(catalogOf(pair()), store).apply({}, { commit });
      const isAlone = commit === 'per-migration';
      expect(result.steps).toMatchObject([
        { outcome: isAlone ? 'applied' : 'not_started' },
        { outcome: 'failed', attempts: 3, error: { code: 'step.failed' } },
      ]);
      expect(store.effects).toEqual(isAlone ? ['app/main: do m0001'] : []);
    },
  );

  it('waits for a server that restarts, and asks the ledger what was committed', async () => {
    const store = breaking('lost_after_commit');
    const result = await new MemoryWorld(catalogOf(pair()), away(store, 3)).apply();
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    expect(store.effects).toEqual(['app/main: do m0001', 'app/main: do m0002']);
  });

  it('never says not started of a step that may be committed', async () => {
    const result = await new MemoryWorld(
      catalogOf(pair()),
      away(breaking('lost_after_commit'), 1_000),
    ).apply();
    expect(result.steps).toMatchObject([
      { outcome: 'needs_attention', error: { code: 'step.unknown' } },
      { outcome: 'not_started', error: { code: 'target.unreachable' } },
    ]);
  });

  it('works on one schema of a store at a time, whatever the connections are called', async () => {
    const drafts = ['one', 'two', 'three'].flatMap((connection) => [
      makeDraft({ version: '20250101000001', connection, schema: null }),
      makeDraft({ version: '20250101000002', connection, schema: null }),
    ]);
    const world = worldOf(drafts);
    const result = await world.apply({ schemas: schemas(2) }, { concurrency: 6 });
    expect(result.summary.applied).toBe(12);
    const working = new Set<string>();
    for (const event of world.events) {
      if (event.type === 'target.started') {
        expect(working).not.toContain(event.target.schema);
        working.add(event.target.schema);
      } else if (event.type === 'target.finished') {
        working.delete(event.target.schema);
      }
    }
  });

  it.each([
    [null, { failed: 5, applied: 5, not_started: 0 }],
    [6, { failed: 5, applied: 5, not_started: 0 }],
    [5, { failed: 5, applied: 4, not_started: 1 }],
    [2, { failed: 2, applied: 1, not_started: 7 }],
    [1, { failed: 1, applied: 0, not_started: 9 }],
  ])('begins nothing more once %j targets have failed', async (failuresMax, summary) => {
    const drafts = [makeDraft({ version: '20250101000001', connection: 'tenant', schema: null })];
    const world = worldOf(drafts, (_sql, { schema }) => (/[02468]$/.test(schema) ? 'failed' : 'ok'));
    const result = await world.apply({ schemas: schemas(10) }, { failuresMax, concurrency: 1 });
    expect(result.summary).toMatchObject(summary);
    expect(result.status).toBe('failed');
  });

  it('counts a target once, however much of it fails, and none that waits for another', async () => {
    const drafts = ['1', '2', '3'].map((digit) =>
      makeDraft({ version: `2025010100000${digit}`, connection: 'tenant', schema: null }),
    );
    const world = worldOf(drafts, (_sql, { schema }) => (schema === 't00' ? 'failed' : 'ok'));
    const result = await world.apply({ schemas: schemas(3) }, { failuresMax: 2, concurrency: 1 });
    expect(result.summary).toMatchObject({ failed: 3, applied: 6, not_started: 0 });
  });

  it('begins nothing once stopped, and says cancelled', async () => {
    const result = await worldOf(pair()).apply({}, { stop: AbortSignal.abort() });
    expect(result.status).toBe('cancelled');
    expect(result.steps.map(({ error }) => error?.code)).toEqual(['run.cancelled', 'run.cancelled']);
  });

  it('reports the whole group as not applied when one transaction per target fails', async () => {
    const store = new MemoryStore('memory', (sql) => (sql === 'do m0002' ? 'failed' : 'ok'));
    const world = new MemoryWorld(catalogOf(pair()), store);
    const result = await world.apply({}, { commit: 'per-target' });
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(['not_started', 'failed']);
    expect(store.effects).toEqual([]);
  });

  it('skips what another run has applied between plan and lock', async () => {
    const world = worldOf(pair());
    const plan = await world.plan();
    await world.apply();
    const late = await world.run(plan);
    expect(late.steps.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped']);
    expect(late.status).toBe('succeeded');
  });

  it('refuses a target whose ledger changed in another way', async () => {
    const world = worldOf([...pair(), makeDraft({ version: '20250101000003' })]);
    const [first, , third] = world.catalog.migrations;
    const plan = await world.plan({ migrations: [first?.id ?? never()] });
    await world.apply({ migrations: [third?.id ?? never()] });
    const late = await world.run(plan);
    expect(late.steps).toMatchObject([{ outcome: 'not_started', error: { code: 'plan.stale' } }]);
  });

  it('waits for another holder and gives up naming it', async () => {
    const world = worldOf(pair());
    const plan = await world.plan();
    const [group] = plan.groups;
    const target = {
      backend: 'postgresql' as const,
      connection: group?.connection ?? never(),
      schema: group?.targets[0]?.schema ?? never(),
    };
    const held = await world.store.tryOpen({
      target,
      runId: 'other',
      actor: 'somebody@else',
      signal: new AbortController().signal,
    });
    const result = await world.run(plan);
    expect(result.steps[0]).toMatchObject({ outcome: 'not_started', error: { code: 'target.locked' } });
    expect(result.steps[0]?.error?.message).toContain('somebody@else');
    if (held.ok) await held.session[Symbol.asyncDispose]();
    expect((await world.run(plan)).status).toBe('succeeded');
  });

  it('gives every step exactly one end, also when ten runs carry out the same plan at once', async () => {
    const store = new MemoryStore();
    const world = new MemoryWorld(catalogOf(pair()), store);
    const plan = await world.plan();
    const results = await Promise.all(
      Array.from({ length: 10 }, () => world.run(plan, { lockWaitMs: 60_000 })),
    );
    expect(store.effects).toEqual(['app/main: do m0001', 'app/main: do m0002']);
    expect(results.flatMap(({ steps }) => steps).filter(({ outcome }) => outcome === 'applied')).toHaveLength(
      2,
    );
    expect(results.every(({ status }) => status === 'succeeded')).toBe(true);
  });
});

/** Breaks the connection at the first statement and never again. */
function breaking(effect: StatementEffect): MemoryStore {
  let broken = false;
  return new MemoryStore('memory', () => {
    if (broken) return 'ok';
    broken = true;
    return effect;
  });
}

/** A store that cannot be reached for so many tries once it has been left for the first time. */
function away(store: MemoryStore, tries: number): MemoryStore {
  const tryOpen = store.tryOpen.bind(store);
  let opened = 0;
  store.tryOpen = (options) => {
    opened += 1;
    const isAway = opened > 1 && opened <= tries + 1;
    return isAway
      ? Promise.reject(new BfmError('target.unreachable', { message: 'away' }))
      : tryOpen(options);
  };
  return store;
}

function pair(): MigrationDraft[] {
  return [makeDraft({ version: '20250101000001' }), makeDraft({ version: '20250101000002' })];
}

function worldOf(drafts: readonly MigrationDraft[], behaviour?: Behaviour): MemoryWorld {
  return new MemoryWorld(catalogOf(drafts), new MemoryStore('memory', behaviour));
}

function catalogOf(drafts: readonly MigrationDraft[]): Catalog {
  const { catalog, faults } = buildCatalog(drafts, { defaultSchemas: new Map() });
  expect(faults).toEqual([]);
  return catalog;
}

function outcomes(result: Awaited<ReturnType<MemoryWorld['run']>>): Record<string, string> {
  return Object.fromEntries(
    result.steps.map(({ migrationId, outcome }) => [migrationId.split('_')[1] ?? '', outcome]),
  );
}

function schemas(count: number): SchemaName[] {
  return Array.from({ length: count }, (_, index) => {
    const result = parseSchemaName(`t${String(index).padStart(2, '0')}`);
    return result.ok ? result.name : never();
  });
}

function never(): never {
  throw new Error('a test asked for something that is not there');
}
