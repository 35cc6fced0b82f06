import type { SchemaEffect, SchemaObject } from '@bfm/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { migrationOf, scriptOf } from '../../../test/compile.ts';
import { createEffectReader, readEffects } from './effect-reader.ts';

beforeAll(async () => {
  await createEffectReader();
});

const say = ({ word, schema, of, name, within }: SchemaObject): string =>
  `${word} ${[schema, of, name].filter((part) => part !== null).join('.')}${within === null ? '' : ` in ${within}`}`;

/** Effects in short: `+` made, `(+)` made as a part, `-` dropped, `?` blurred. */
const shortly = (effect: SchemaEffect): string => {
  switch (effect.does) {
    case 'make':
      return `${effect.part ? '(+)' : '+'} ${say(effect.object)}`;
    case 'drop':
      return `- ${say(effect.object)}${effect.cascade ? ' cascade' : ''}`;
    case 'rename':
      return `${say(effect.object)} > ${say(effect.to)}`;
    case 'blur':
      return `? ${say(effect.object)}`;
    case 'blur-names':
      return `? ${effect.names === null ? 'everything' : [...effect.names].sort().join(' ')}`;
  }
};

const effectsOf = (sql: string): readonly string[] => readEffects(scriptOf(sql)).map(shortly);

describe('what a script does to a schema', () => {
  it.each<[string, readonly string[]]>([
    [
      'CREATE TABLE IF NOT EXISTS a.t (id serial, x int CONSTRAINT fk REFERENCES u(id), CONSTRAINT c UNIQUE (x))',
      ['+ table a.t', '(+) column a.t.id', '(+) column a.t.x', '+ constraint a.t.fk', '+ constraint a.t.c'],
    ],
    ['CREATE TEMP TABLE t (id int)', []],
    ['CREATE TABLE p PARTITION OF t FOR VALUES IN (1)', ['+ table p in t']],
    ['CREATE TABLE t AS SELECT 1', ['+ table t']],
    ['SELECT 1 INTO t', ['+ table t']],
    ['CREATE MATERIALIZED VIEW v AS SELECT 1', ['+ view v']],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', ['+ view v']],
    ['CREATE UNIQUE INDEX i ON s.t (a)', ['+ index s.i in t']],
    ['CREATE INDEX ON t (a)', []],
    ['CREATE SEQUENCE q', ['+ sequence q']],
    ["CREATE TYPE e AS ENUM ('a')", ['+ type e', '(+) enum value e.a']],
    ["ALTER TYPE e ADD VALUE IF NOT EXISTS 'b'", ['+ enum value e.b']],
    ["ALTER TYPE e RENAME VALUE 'a' TO 'b'", ['enum value e.a > enum value e.b']],
    ['CREATE TYPE c AS (a int)', ['+ type c']],
    ['CREATE DOMAIN d AS int', ['+ type d']],
    ["CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'", ['+ function s.f']],
    ['CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()', ['+ trigger t.r']],
    ['CREATE POLICY p ON a.t', ['+ policy a.t.p']],
    ['CREATE SCHEMA IF NOT EXISTS x', ['+ schema x']],
    ['CREATE EXTENSION IF NOT EXISTS pgcrypto', ['+ extension pgcrypto']],
    [
      'ALTER TABLE t ADD COLUMN y int CONSTRAINT yy CHECK (y > 0), DROP COLUMN z CASCADE, DROP CONSTRAINT k',
      ['+ column t.y', '+ constraint t.yy', '- column t.z cascade', '- constraint t.k'],
    ],
    [
      'ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i',
      ['+ constraint t.k', 'index i in t > index k in t'],
    ],
    ['ALTER TABLE t RENAME COLUMN a TO b', ['column t.a > column t.b']],
    ['ALTER TABLE t RENAME CONSTRAINT a TO b', ['constraint t.a > constraint t.b']],
    ['ALTER TABLE t RENAME TO u', ['table t > table u']],
    ['ALTER INDEX i RENAME TO j', ['index i > index j']],
    ['ALTER TYPE e RENAME TO f', ['type e > type f']],
    ['ALTER FUNCTION f(int) RENAME TO g', ['function f > function g']],
    ['ALTER TABLE t SET SCHEMA z', ['table t > table z.t']],
    ['DROP TABLE IF EXISTS a.t, u CASCADE', ['- table a.t cascade', '- table u cascade']],
    ['DROP TRIGGER r ON a.t', ['- trigger a.t.r']],
    ['DROP TYPE e', ['- type e']],
    ['DROP OWNED BY r', ['? everything']],
    ['DROP SCHEMA x', ['- schema x']],
    ['DROP FUNCTION f(int)', ['? function f']],
    ["INSERT INTO t VALUES ('DROP TABLE u')", []],
    ['UPDATE t SET a = 1', []],
    ['GRANT SELECT ON t TO r', []],
    ['not sql', []],
  ])('%s', (sql, expected) => {
    expect(effectsOf(sql)).toEqual(expected);
  });

  it('knows placeholders from names', () => {
    expect(effectsOf('CREATE TABLE {{.Schema}}.t (id int); CREATE SCHEMA {{.connection}}')).toEqual([
      '+ table {{.Schema}}.t',
      '(+) column {{.Schema}}.t.id',
      '+ schema {{.Connection}}',
    ]);
  });

  it('follows a search path that is set, and gives up where nobody can', () => {
    expect(
      effectsOf('SET search_path TO core, public; CREATE TABLE t (); ALTER TABLE x.u RENAME TO v'),
    ).toEqual(['+ table core.t', 'table x.u > table x.v']);
    expect(effectsOf('SET search_path TO DEFAULT; CREATE TABLE t (); CREATE TABLE x.t ()')).toEqual([
      '? table t',
      '+ table x.t',
    ]);
  });

  it('relies on no name that a program may take away', () => {
    const body =
      'DO $$ BEGIN IF true THEN CREATE TABLE a (id int); END IF; ALTER TABLE Old RENAME TO new; END $$';
    const [effect] = readEffects(scriptOf(body));
    const names = effect?.does === 'blur-names' ? effect.names : null;
    expect([...(names ?? [])]).toEqual(expect.arrayContaining(['old', 'new']));
    expect(names?.has('a')).toBe(false);
    expect(effectsOf("SELECT run('drop table t')")).toEqual(['? drop t table']);
    expect(effectsOf('SELECT count(*) FROM t')).toEqual([]);
  });

  it('has none for other backends', async () => {
    const reader = await createEffectReader();
    expect(reader.effects(migrationOf('etcd'), scriptOf('CREATE TABLE t ()'))).toEqual([]);
  });
});
