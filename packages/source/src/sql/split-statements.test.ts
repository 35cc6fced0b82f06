import { fc } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, parseSql } from '../postgresql/parse.ts';
import { splitStatements } from './split-statements.ts';

beforeAll(loadParser);

function split(text: string): string[] {
  return [...splitStatements(text)].map(({ start, end }) => text.slice(start, end));
}

describe('splitStatements', () => {
  it('cuts valid SQL exactly where the parser does', () => {
    const statement = fc.constantFrom(
      'SELECT 1',
      "SELECT E'\\';' || U&';' || $$;$$",
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN (SELECT 1) END FROM t; SELECT 2; END',
      'CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC DELETE FROM t; END',
      'CREATE PROCEDURE p() LANGUAGE sql AS $$ SELECT 1; $$',
      'CREATE RULE r AS ON DELETE TO t DO ALSO (DELETE FROM a; DELETE FROM b)',
      'BEGIN',
      'END',
      'SELECT CASE WHEN true THEN 1 END AS "begin"',
      'CREATE TABLE "create" (begin int, "function" int)',
      'DO $x$ BEGIN IF true THEN PERFORM 1; END IF; END $x$',
      "COPY t FROM '/x' WITH (FORMAT csv)",
    );
    const gap = fc.constantFrom(';', ' ;\n', ';;', '; -- ;\n', '; /* ; /* ; */ */');
    fc.assert(
      fc.property(fc.array(fc.tuple(statement, gap), { minLength: 1, maxLength: 10 }), (parts) => {
        const text = parts.flat().join('');
        const parsed = parseSql(text);
        expect(parsed.ok).toBe(true);
        expect(split(text)).toEqual(parts.map(([sql]) => sql));
        expect(parsed.ok && parsed.statements).toHaveLength(parts.length);
      }),
      { numRuns: 300 },
    );
  });

  it('ends a psql command with its line, and the data of COPY with its mark', () => {
    expect(split("\\connect x\nSELECT 1;\nCOPY t FROM STDIN;\n1;'\n\\.\nSELECT 2")).toEqual([
      '\\connect x',
      'SELECT 1',
      'COPY t FROM STDIN',
      'SELECT 2',
    ]);
  });

  it('gives everything after an open quote to the statement that opened it', () => {
    expect(split("SELECT 1; SELECT '; SELECT 2;")).toEqual(['SELECT 1', "SELECT '; SELECT 2;"]);
  });

  it('cuts a hundred thousand statements', () => {
    const text = "INSERT INTO t VALUES (1, 'a;b');\n".repeat(100_000);
    expect(split(text)).toHaveLength(100_000);
  });
});
