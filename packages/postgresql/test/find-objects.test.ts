import type { SchemaName } from '@bfm/core';
import type { ObjectKind, SchemaObject } from '@bfm/engine';
import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeStore } from './make-store.ts';

const at = (kind: ObjectKind, name: string, parts: Partial<SchemaObject> = {}): SchemaObject => ({
  kind,
  word: 'table',
  schema: null,
  of: null,
  name,
  within: null,
  ...parts,
});

const MADE = (schema: string): string => `CREATE SCHEMA "${schema}"; SET search_path = "${schema}";
  CREATE TYPE e AS ENUM ('new'); CREATE TYPE composite AS (i int); CREATE DOMAIN d AS int;
  CREATE TABLE t (i int CONSTRAINT i_positive CHECK (i > 0), gone int); ALTER TABLE t DROP COLUMN gone;
  CREATE INDEX "By I" ON t (i); CREATE VIEW v AS SELECT 1; CREATE SEQUENCE s;
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON t; RESET search_path;`;

describe.each(POSTGRES_MAJORS)('objects that are looked up in PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const store = makeStore(db.url);
  afterAll(() => store.close());

  it('are found by kind and exact name, in the schema that is asked for', async () => {
    await db.query(`${MADE('a')} ${MADE('B')} DROP TABLE "B".t; CREATE SCHEMA empty`);
    const there = [
      ...['t', 'By I', 'v', 's'].map((name) => at('relation', name)),
      ...['e', 'composite', 'd'].map((name) => at('type', name)),
      at('routine', 'f'),
      at('column', 'i', { of: 't' }),
      at('constraint', 'i_positive', { of: 't' }),
      at('trigger', 'r', { of: 't' }),
      at('policy', 'p', { of: 't' }),
      at('enum_value', 'new', { of: 'e' }),
      at('relation', 't', { schema: 'a' }),
      at('schema', 'B'),
      at('extension', 'plpgsql'),
    ];
    const absent = [
      at('relation', 'T'),
      at('relation', 'composite'),
      at('relation', 'by i'),
      at('column', 'gone', { of: 't' }),
      at('column', 'i', { of: 'v' }),
      at('enum_value', 'old', { of: 'e' }),
      at('relation', 't', { schema: 'nowhere' }),
      at('schema', 'b'),
    ];
    const schemas = ['a', 'B', 'empty', 'nowhere'] as SchemaName[];
    const found = await store.keeper.findObjects([...there, ...absent], schemas);
    const nothing = '0'.repeat(absent.length);
    const shared = `${'0'.repeat(there.length - 3)}111${nothing}`;
    expect(Object.fromEntries(found)).toEqual({
      a: '1'.repeat(there.length) + nothing,
      // Without its table, which took its index, constraint, trigger and policy along.
      B: `0011111100001111${nothing}`,
      empty: shared,
      nowhere: shared,
    });
    expect([...(await store.keeper.findObjects([], schemas)).values()]).toEqual(['', '', '', '']);
  });
});
