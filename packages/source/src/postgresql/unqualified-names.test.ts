import { describe, expect, it } from 'vitest';
import { compileText } from '../../test/compile.ts';

function unqualified(text: string): {
  readonly creates: readonly string[];
  readonly changes: readonly string[];
} {
  const result = compileText(text);
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('; '));
  const { creates, changes } = result.script.unqualified;
  return {
    creates,
    changes: changes.map(
      ({ kind, name, line, column, statement }) => `${kind} ${name} ${line}:${column} #${statement}`,
    ),
  };
}

describe('what is altered or dropped without a schema', () => {
  it.each([
    ['ALTER TABLE t ADD x int', ['relation t']],
    ['ALTER TABLE IF EXISTS t RENAME COLUMN a TO b', ['relation t']],
    ['ALTER TABLE t SET SCHEMA x', ['relation t']],
    ['ALTER VIEW v OWNER TO x', ['relation v']],
    ['ALTER SEQUENCE s RESTART', ['relation s']],
    ['ALTER INDEX i SET (fillfactor = 70)', ['relation i']],
    ['ALTER POLICY p ON t USING (true)', ['relation t']],
    ['ALTER FUNCTION f(int) STABLE', ['routine f']],
    ['ALTER PROCEDURE p() OWNER TO x', ['routine p']],
    ["ALTER TYPE e ADD VALUE 'x'", ['type e']],
    ['ALTER TYPE c ADD ATTRIBUTE a int', ['type c']],
    ['ALTER TYPE e OWNER TO x', ['type e']],
    ['ALTER DOMAIN d DROP NOT NULL', ['type d']],
    ['DROP TABLE IF EXISTS a, s.b, c', ['relation a', 'relation c']],
    ['DROP MATERIALIZED VIEW m', ['relation m']],
    ['DROP TRIGGER x ON t', ['relation t']],
    ['DROP POLICY x ON s.t', []],
    ['DROP FUNCTION f(int), s.g', ['routine f']],
    ['DROP AGGREGATE a(int)', ['routine a']],
    ['DROP TYPE e, s.f', ['type e']],
    ['DROP SCHEMA s; DROP EXTENSION IF EXISTS e', []],
    ['ALTER TABLE {{.Schema}}.t ADD x int; ALTER TABLE public.t ADD x int', []],
    ['CREATE TABLE t (a int); INSERT INTO u VALUES (1); SELECT 1', []],
  ])('%s', (text, names) => {
    expect(unqualified(text).changes.map((change) => change.split(' ').slice(0, 2).join(' '))).toEqual(names);
  });

  it('is told once, where it is first', () => {
    expect(unqualified('SELECT 1;\n  ALTER TABLE t ADD x int;\nDROP TABLE t;').changes).toEqual([
      'relation t 2:3 #2',
    ]);
  });

  it('is not what the script has made before, whatever its kind', () => {
    const text = `CREATE TABLE a (x int); CREATE VIEW {{.Schema}}.b AS SELECT 1; CREATE TABLE c AS SELECT 1; SELECT 1 INTO d;
      CREATE SEQUENCE e; CREATE INDEX f ON a (x); CREATE TYPE g AS ENUM (); CREATE TYPE h AS (a int);
      CREATE DOMAIN i AS int; CREATE FUNCTION j() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FOREIGN TABLE k (a int) SERVER s;
      CREATE MATERIALIZED VIEW l AS SELECT 1; CREATE TYPE m AS RANGE (subtype = int); ALTER TABLE s.old RENAME TO n;
      CREATE AGGREGATE o (int) (sfunc = f, stype = int);`;
    const names = 'abcdefghijklmno'.split('');
    expect([...unqualified(text).creates].sort()).toEqual(names);
    const drops = names
      .map((name) => `DROP TABLE ${name}; DROP TYPE ${name}; DROP FUNCTION ${name};`)
      .join('\n');
    expect(unqualified(text + drops).changes).toEqual([]);
  });
});
