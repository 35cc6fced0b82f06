import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeStore } from './make-store.ts';

describe.each(POSTGRES_MAJORS)('what migrations require of PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const store = makeStore(db.url);
  afterAll(() => store.close());

  it('is any kind of relation or a schema, by its exact name', async () => {
    await db.query(`CREATE SCHEMA "Core"; CREATE TABLE "Core".t (i int PRIMARY KEY); CREATE VIEW "Core".v AS SELECT 1;
      CREATE MATERIALIZED VIEW "Core".m AS SELECT 1; CREATE TABLE "Core".p (i int) PARTITION BY RANGE (i);
      CREATE SEQUENCE "Core".s`);
    const there = ['t', 'v', 'm', 'p'].map((table) => ({ schema: 'Core', table }));
    const absent = [
      { schema: 'core', table: 't' },
      { schema: 'Core', table: 'T' },
      { schema: 'Core', table: 's' },
      { schema: 'Core', table: 't_pkey' },
      { schema: 'core', table: null },
    ];
    const asked = [...there, ...absent, { schema: 'Core', table: null }];
    expect(await store.missingRequirements(asked)).toEqual(absent);
    expect(await store.missingRequirements([])).toEqual([]);
  });
});
