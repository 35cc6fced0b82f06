import { logEffect, shapeOf } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { tenantNames } from '../fleet/fleet-tree.ts';
import { runOf, schemaArgs, stem, useRowWorld, type RowTree } from './support/row-world.ts';

const TENANTS = 32;

/** What tenants of one database do to objects that they share. */
const SHARED: Readonly<Record<string, string>> = {
  extension: 'CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public',
  schema: 'CREATE SCHEMA IF NOT EXISTS shared',
  table: 'CREATE TABLE IF NOT EXISTS public.shared_table (id bigint PRIMARY KEY)',
  type: `DO $$ BEGIN CREATE TYPE public.mood AS ENUM ('ok'); EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  function: 'CREATE OR REPLACE FUNCTION public.one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
  grant: 'GRANT SELECT ON public.effect_log TO pg_monitor',
  default: 'ALTER DEFAULT PRIVILEGES IN SCHEMA shared GRANT SELECT ON TABLES TO pg_monitor',
  bare: 'CREATE TABLE IF NOT EXISTS public.shared_bare (id bigint PRIMARY KEY)',
  comment: `COMMENT ON TABLE public.effect_log IS 'counts'`,
};

describe.each([15, 18] as const)('M3 tenants of one database on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major, { TENANT_MAX_CONNECTIONS: '16' });
  let tree: RowTree;

  beforeAll(() => {
    const files: Record<string, string> = {};
    for (const [index, [name, sql]] of Object.entries(SHARED).entries()) {
      const head = name === 'bare' ? '-- bfm: transaction=none\n' : '';
      files[`${stem(index + 1, name)}.up.sql`] =
        `${head}${logEffect(name)};\nCREATE TABLE ${name}_of_mine (id int);\n${sql};\n`;
    }
    tree = world.tree(files);
  });

  it.each([['per-migration'], ['per-target']])(
    'M3 in parallel all change what they share: %s',
    async (unit) => {
      const tenants = tenantNames(TENANTS).map((name) => `${name}_${unit.replace('-', '_')}`);
      const half = TENANTS / 2;
      const args = ['up', '--json', '--concurrency', '16', '--commit', unit];
      const ends = await Promise.all(
        [tenants.slice(0, half), tenants.slice(half)].map((some) => tree.bfm(...args, ...schemaArgs(some))),
      );
      for (const end of ends) {
        expect(runOf(end).causes ?? []).toEqual([]);
        expect(end.code).toBe(0);
        expect(runOf(end).summary).toMatchObject({ applied: half * Object.keys(SHARED).length, failed: 0 });
      }
      const [first = ''] = tenants;
      const shaped = { schemas: tenants, as: await shapeOf(world.db.url, first) };
      expect(await world.unsound({ shaped })).toEqual([]);
    },
  );
});
