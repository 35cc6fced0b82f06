import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../support/bfm.ts';
import { bfm } from './support/cli.ts';
import { makeTree, upFile } from './support/migration-tree.ts';

/** A script that is hard to cut, how many statements it has, and what shows that all of them ran. */
interface Splitting {
  readonly name: string;
  readonly text: string;
  readonly statements: number;
  /** A query in the schema of the script. */
  readonly probe: string;
  readonly shows: unknown;
}

const CASES: readonly Splitting[] = [
  {
    name: 'a semicolon in a text, a name and comments',
    text: `CREATE TABLE "a;b" (x text); -- one; two
      /* three; /* four; */ five; */ INSERT INTO "a;b" VALUES ('six; ''seven;'''), ('-- no comment;'), ('/*;');`,
    statements: 2,
    probe: 'SELECT array_agg(x ORDER BY x) AS it FROM "a;b"',
    shows: ['-- no comment;', '/*;', "six; 'seven;'"],
  },
  {
    name: "dollar-quoted bodies, nested and with a quote in the tag's body",
    text: `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $a$ DECLARE x text; BEGIN
        x := $b$ it's; $$ $b$; /* ' */ -- "
        RETURN x; END; $a$;
      DO $$ BEGIN PERFORM 1; PERFORM 2; END $$;
      CREATE TABLE t AS SELECT f() AS x;`,
    statements: 3,
    probe: 'SELECT x AS it FROM t',
    shows: " it's; $$ ",
  },
  {
    name: 'parameters beside dollar quotes, and names with a dollar in them',
    text: `CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2;';
      PREPARE p(int) AS SELECT $1; DEALLOCATE p;
      CREATE TABLE a$b$c (x int); INSERT INTO a$b$c SELECT f(1, 2);`,
    statements: 5,
    probe: 'SELECT x AS it FROM a$b$c',
    shows: 3,
  },
  {
    name: 'BEGIN ATOMIC ... END with CASE inside',
    text: `CREATE TABLE t (x int);
      CREATE OR REPLACE PROCEDURE p(a int) BEGIN ATOMIC
        INSERT INTO t VALUES (CASE WHEN a > 0 THEN 1 ELSE 0 END); INSERT INTO t VALUES (2);
      END;
      CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC; SELECT 1; SELECT count(*)::int FROM t; END;
      CALL p(5);`,
    statements: 4,
    probe: 'SELECT f() AS it',
    shows: 2,
  },
  {
    name: 'a rule with (a; b)',
    text: `CREATE TABLE t (x int); CREATE TABLE log (x int); CREATE VIEW v AS SELECT x FROM t;
      CREATE RULE r AS ON INSERT TO v DO INSTEAD (INSERT INTO t VALUES (new.x); INSERT INTO log VALUES (new.x););
      INSERT INTO v VALUES (7);`,
    statements: 5,
    probe: 'SELECT (SELECT x FROM t) + (SELECT x FROM log) AS it',
    shows: 14,
  },
  {
    name: 'a CREATE SCHEMA with elements, and words that begin blocks elsewhere',
    text: `CREATE TABLE "begin" (atomic int, "end" int, "case" int); INSERT INTO "begin" VALUES (1, 2, 3);
      CREATE TABLE t (x int DEFAULT CASE WHEN true THEN 4 ELSE 5 END); INSERT INTO t DEFAULT VALUES;`,
    statements: 4,
    probe: 'SELECT atomic + "end" + "case" + x AS it FROM "begin", t',
    shows: 10,
  },
  {
    name: 'escapes: E, U&, UESCAPE, continued and bit texts',
    text: `CREATE TABLE t (x text);
      INSERT INTO t VALUES (E'a\\';b'), (U&'d\\0061t;a'), (U&'d!0061!003B' UESCAPE '!'), ('con'
        'tinued;'), (B'10'::text), (X'F'::text), (N'n;');`,
    statements: 2,
    probe: 'SELECT array_agg(x) AS it FROM t',
    shows: ["a';b", 'dat;a', 'da;', 'continued;', '10', '1111', 'n;'],
  },
  {
    name: 'standard_conforming_strings switched off on the way',
    text: `CREATE TABLE t (x text); SET standard_conforming_strings = off;
      INSERT INTO t VALUES (E'a\\'; b'); INSERT INTO t VALUES ('plain;');`,
    statements: 4,
    probe: 'SELECT array_agg(x) AS it FROM t',
    shows: ["a'; b", 'plain;'],
  },
  {
    name: 'operators made of comment and quote characters, and arrays',
    text: `CREATE TABLE t AS SELECT 5 - -3 AS a, 6 / 2 AS b, ARRAY['x;y', '{;}'] AS c, '{"k;": 1}'::jsonb -> 'k;' AS d; SELECT 1`,
    statements: 2,
    probe: 'SELECT jsonb_build_array(a, b, c, d) AS it FROM t',
    shows: [8, 3, ['x;y', '{;}'], 1],
  },
  {
    name: 'empty statements and no last semicolon',
    text: ';;\nCREATE TABLE t (x int);; -- nothing\n;\nINSERT INTO t VALUES (1)',
    statements: 2,
    probe: 'SELECT x AS it FROM t',
    shows: 1,
  },
];

describe('I8: statements are cut where PostgreSQL cuts them', async () => {
  const db = await useTestDatabase(18);
  let plan: BfmEnd;
  let up: BfmEnd;

  beforeAll(async () => {
    buildCli();
    const files = CASES.map(({ text }, index) => [upFile(index), `-- bfm: schema=s${index}\n${text}`]);
    using tree = makeTree(Object.fromEntries(files) as Record<string, string>);
    plan = await bfm({ db, tree }, 'plan', '--json');
    up = await bfm({ db, tree }, 'up', '--json');
  });

  it('all of them are applied', () => {
    expect(up.stderr).toBe('');
    expect(JSON.parse(up.stdout)).toMatchObject({ summary: { applied: CASES.length, failed: 0 } });
  });

  it.each(CASES.map((splitting, index) => [splitting.name, index, splitting] as const))(
    '%s',
    async (_, index, { statements, probe, shows }) => {
      const { steps } = JSON.parse(plan.stdout) as {
        steps: readonly { schema: string; statements: readonly string[] }[];
      };
      expect(steps.find(({ schema }) => schema === `s${index}`)?.statements).toHaveLength(statements);
      const [row] = await db.query<{ it: unknown }>(`SET search_path = s${index}; ${probe}`);
      expect(row?.it).toEqual(shows);
    },
  );
});
