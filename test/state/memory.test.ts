import type { KnownMigration, ProjectedMigration } from '@bfm/engine';
import { describe, expect, it } from 'vitest';
import { ANN, START, STATE_PLACES, useState } from './support/use-state.ts';

const MIGRATION: KnownMigration = {
  id: '20250101000000_a_postgresql_core',
  version: '20250101000000',
  name: 'a',
  backend: 'postgresql',
  connection: 'core',
  schema: null,
  upText: 'x',
  downText: null,
  dependencies: [],
  tags: [],
};
const ENTRY: ProjectedMigration = {
  connection: 'core',
  schema: 'a',
  migrationId: MIGRATION.id,
  backend: 'postgresql',
  status: 'applied',
  checksum: null,
  appliedAt: '2026-01-01T00:00:00Z',
  runId: null,
  error: null,
};
const ANYWHERE = { migrationId: null, schema: null };
const ANY = { connection: null, schema: null, migrationId: null, status: null };

describe.each(STATE_PLACES)('what the state remembers of ledgers and sources, $name', async (place) => {
  const { open } = await useState(place);

  it('is rebuilt for one connection, and leaves the others alone', async () => {
    const state = await open();
    await state.note(({ projection }) =>
      projection.put([
        { ...ENTRY, connection: 'guard' },
        { ...ENTRY, schema: 'old' },
      ]),
    );
    const failed = { ...ENTRY, schema: 'b', status: 'failed', appliedAt: null, error: 'no' } as const;
    await state.note(({ projection }) => projection.rebuild('core', [ENTRY, failed]));
    const { items } = await state.read(({ projection }) => projection.list(ANY, { limit: 10, after: null }));
    expect(items).toEqual([ENTRY, failed, { ...ENTRY, connection: 'guard' }]);
    expect(await state.read(({ projection }) => projection.counts(MIGRATION.id))).toEqual({
      applied: 2,
      failed: 1,
    });
    expect(await state.read(({ projection }) => projection.summaries(ANYWHERE))).toEqual([
      {
        migrationId: MIGRATION.id,
        counts: { applied: 2, failed: 1 },
        lastAppliedAt: '2026-01-01T00:00:00Z',
        error: 'no',
      },
    ]);
    const elsewhere = { migrationId: MIGRATION.id, schema: 'none' };
    expect(await state.read(({ projection }) => projection.summaries(elsewhere))).toEqual([]);
    expect(await state.read(({ projection }) => projection.newest(ANYWHERE, 5))).toHaveLength(3);
    const first = await state.read(({ projection }) => projection.list(ANY, { limit: 2, after: null }));
    const rest = await state.read(({ projection }) => projection.list(ANY, { limit: 2, after: first.next }));
    expect([...first.items, ...rest.items]).toEqual(items);
    expect(rest.next).toBeNull();
  });

  it('never forgets a migration whose file is gone', async () => {
    const state = await open();
    const sync = (...migrations: readonly KnownMigration[]): Promise<unknown> =>
      state.write(ANN, START, (writes) => writes.migrations.sync(migrations));
    expect(await sync(MIGRATION)).toEqual({ added: [MIGRATION.id], removed: [], updated: [], total: 1 });
    expect(await sync({ ...MIGRATION, upText: 'y' })).toEqual({
      added: [],
      removed: [],
      updated: [MIGRATION.id],
      total: 1,
    });
    expect(await sync()).toEqual({ added: [], removed: [MIGRATION.id], updated: [], total: 0 });
    expect(await sync()).toEqual({ added: [], removed: [], updated: [], total: 0 });
    expect(await state.read(({ migrations }) => migrations.find(MIGRATION.id))).toMatchObject({
      upText: 'y',
      present: false,
    });
    expect(await state.read(({ migrations }) => migrations.gone())).toMatchObject([{ id: MIGRATION.id }]);
    expect(await sync(MIGRATION)).toMatchObject({ added: [MIGRATION.id] });
    expect(
      await state.read(({ migrations }) => migrations.ofVersions(['x', MIGRATION.version])),
    ).toMatchObject([{ id: MIGRATION.id, present: true }]);
  });

  it('counts tenants of dynamic migrations', async () => {
    const state = await open();
    expect(await state.read(({ projection }) => projection.tenantCounts())).toEqual({});
    await state.write(ANN, START, (writes) => writes.migrations.sync([MIGRATION]));
    await state.note(({ projection }) => projection.put([ENTRY, { ...ENTRY, schema: 'b' }]));
    expect(await state.read(({ projection }) => projection.tenantCounts())).toEqual({ core: 2 });
  });

  it('keeps the last five skips of a migration in a schema', async () => {
    const state = await open();
    const skip = {
      migrationId: 'm',
      connection: 'c',
      schema: 's',
      backend: 'postgresql',
      actor: 'a',
      method: 'http',
      context: {},
    } as const;
    for (let count = 0; count < 8; count += 1) {
      await state.note(({ skips }) => skips.record([skip, { ...skip, migrationId: `other${count}` }]));
    }
    const recent = await state.read(({ skips }) => skips.recent('m', 10));
    expect(recent.map(({ id }) => id)).toEqual([15, 13, 11, 9, 7]);
    expect(await state.read(({ skips }) => skips.recent(null, 100))).toHaveLength(13);
  });

  it('lists the audit, the newest first, for one actor, action or object', async () => {
    const state = await open();
    for (const name of ['ann', 'ben', 'ann']) {
      await state.write({ ...ANN, name }, { ...START, object: `run/${name}` }, () => Promise.resolve());
    }
    const all = { actor: null, action: null, object: null };
    const list = (filter: Partial<typeof all> | { readonly actor: string } | { readonly object: string }) =>
      state.read(({ audit }) => audit.list({ ...all, ...filter }, { limit: 10, after: null }));
    expect((await list({})).items.map(({ actor }) => actor.name)).toEqual(['ann', 'ben', 'ann']);
    expect((await list({ actor: 'ben' })).items).toMatchObject([
      { object: 'run/ben', actor: { ip: ANN.ip } },
    ]);
    expect((await list({ object: 'run/ann' })).items).toHaveLength(2);
  });
});
