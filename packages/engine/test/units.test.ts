import { parseSchemaName, type RunResult, type SchemaName } from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import { makeDraft, MemoryStore, MemoryWorld } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

const CONNECTIONS = ['app', 'logs', 'meta'];

describe('a unit of all stores of a tenant', () => {
  it('begins nothing more of a tenant once one of its stores has failed, and goes on with other tenants', async () => {
    let first = true;
    const world = worldOf((sql) => {
      if (!sql.endsWith('do logs_1') || !first) return 'ok';
      first = false;
      return 'failed';
    });
    const result = await world.apply({ schemas: schemas('a', 'b') }, { unit: 'tenant', concurrency: 1 });
    expect(endsOf(result, 'a')).toEqual({
      app_1: 'applied',
      app_2: 'applied',
      logs_1: 'failed',
      logs_2: 'not_started',
      meta_1: 'not_started',
      meta_2: 'not_started',
    });
    expect(new Set(Object.values(endsOf(result, 'b')))).toEqual(new Set(['applied']));
    const unstarted = result.steps.find(({ outcome }) => outcome === 'not_started');
    expect(unstarted?.error).toMatchObject({
      code: 'step.blocked',
      message: expect.stringContaining('logs/a') as unknown,
    });
    expect(result.status).toBe('failed');
  });

  it('works on one store of a tenant at a time', async () => {
    const world = worldOf();
    await world.apply({ schemas: schemas('a') }, { unit: 'tenant', concurrency: 3 });
    const told = world.events.flatMap((event) =>
      event.type === 'target.started' || event.type === 'target.finished' ? [event.type] : [],
    );
    expect(told).toEqual(CONNECTIONS.flatMap(() => ['target.started', 'target.finished']));
  });

  it('is each store for itself unless it is asked for', async () => {
    const world = worldOf((sql) => (sql.includes('logs_1') ? 'failed' : 'ok'));
    const result = await world.apply({ schemas: schemas('a') });
    expect(endsOf(result, 'a')).toMatchObject({ logs_1: 'failed', meta_1: 'applied', meta_2: 'applied' });
  });

  it('is stopped as a run is', async () => {
    const world = worldOf();
    const result = await world.apply(
      { schemas: schemas('a') },
      { unit: 'tenant', stop: AbortSignal.abort() },
    );
    expect(new Set(result.steps.map(({ error }) => error?.code))).toEqual(new Set(['run.cancelled']));
    expect(result.status).toBe('cancelled');
  });
});

function worldOf(behaviour?: ConstructorParameters<typeof MemoryStore>[1]): MemoryWorld {
  const drafts: MigrationDraft[] = CONNECTIONS.flatMap((connection, place) =>
    [1, 2].map((number) =>
      makeDraft({
        version: `2025010100000${number}`,
        name: `${connection}_${number}`,
        connection,
        schema: null,
        ...(place === 0 || number > 1
          ? {}
          : { dependsOn: [`${CONNECTIONS[place - 1]}/${CONNECTIONS[place - 1]}_2`] }),
      }),
    ),
  );
  const { catalog, faults } = buildCatalog(drafts, { defaultSchemas: new Map() });
  expect(faults).toEqual([]);
  return new MemoryWorld(catalog, new MemoryStore('memory', behaviour));
}

function schemas(...names: readonly string[]): SchemaName[] {
  return names.map((name) => {
    const parsed = parseSchemaName(name);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.name;
  });
}

function endsOf({ steps }: RunResult, schema: string): Record<string, string> {
  return Object.fromEntries(
    steps
      .filter(({ target }) => target.schema === schema)
      .map(({ migrationId, outcome }) => [/_(\w+?_\d)_/.exec(migrationId)?.[1] ?? migrationId, outcome]),
  );
}
