import { describe, expect, it } from 'vitest';
import { faultsOf, placesOf, sameMeaning, statementsOf } from '../../test/compile.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { cutRows, type StatementPart } from './large-statement.ts';

const ROWS = Array.from({ length: 6_000 }, (_, index) => `(${index}, 'it''s; (${index}),', ARRAY[(1), (2)])`);

function insert(
  rows: readonly string[],
  { head = 'INSERT INTO t (a, b, c) VALUES', tail = '' } = {},
): string {
  return `${head}\n${rows.join(',\n')}${tail}`;
}

function partsOf(text: string, tokensMax = 1e9): readonly StatementPart[] | null {
  const [piece] = splitStatements(text);
  if (piece === undefined) throw new Error('no statement');
  const parts = cutRows(text, piece, tokensMax);
  return parts === null ? null : [...parts];
}

describe('a statement of many rows', () => {
  it('is cut between rows: every row is in one part, everything else in all of them', () => {
    const parts = partsOf(insert(ROWS, { tail: '\nON CONFLICT DO NOTHING RETURNING (a), (b)' })) ?? [];
    expect(parts.length).toBeGreaterThan(2);
    const rows = parts.map(({ text }) => {
      expect(text).toMatch(/^INSERT INTO t \(a, b, c\) VALUES\s+\(/);
      expect(text).toMatch(/\)\nON CONFLICT DO NOTHING RETURNING \(a\), \(b\)$/);
      return text.slice(31, -42).trim();
    });
    expect(rows.join(',\n')).toBe(ROWS.join(',\n'));
  });

  it('has every index of a part at its place in the whole', () => {
    const text = `  ${insert(ROWS, { tail: ' RETURNING a' })}`;
    for (const part of partsOf(text) ?? []) {
      for (const index of [0, 5, 31, 40, part.text.length - 12, part.text.length - 1]) {
        expect(text.charAt(part.toIndex(index))).toBe(part.text.charAt(index));
      }
    }
  });

  it('stays one statement, sent as it is', () => {
    const text = insert(ROWS);
    expect(statementsOf(`SELECT 1; ${text}; SELECT 2`)).toEqual(['SELECT 1', text, 'SELECT 2']);
  });

  it('is cut at its longest list, wherever that is', () => {
    const head = 'INSERT INTO t SELECT * FROM (VALUES (1, 2)) x JOIN (VALUES';
    expect(partsOf(insert(ROWS, { head, tail: ') y ON true' }))?.length).toBeGreaterThan(2);
  });

  it.each([
    ['in a row', insert([...ROWS, '(1, , 3)']), '6002:5'],
    ['between rows', `${insert(ROWS)} (1, 2, 3)`, '6001:43'],
    ['behind the last comma', `${insert(ROWS)}, ON CONFLICT DO NOTHING`, '6001:44'],
    ['behind the rows', `${insert(ROWS)}\nRETURNIN a`, '6002:1'],
    ['before the rows', insert(ROWS, { head: 'INSERT INT t VALUES' }), '1:8'],
  ])('tells what is wrong %s at its place', (_, text, place) => {
    expect(placesOf(faultsOf(`SELECT 1;${text}`)).map((found) => found.replace('1:17', '1:8'))).toEqual([
      `migration.unparseable ${place} #2`,
    ]);
  });

  it('is refused for what stands in any of its rows', () => {
    const rows = [...ROWS, '((SELECT count(*) FROM bfm.ledger), 2, 3)'];
    expect(placesOf(faultsOf(insert(rows)))).toEqual(['migration.forbidden_statement 1:1 #1']);
  });

  it('means the same with other white space and comments, and something else with another row', () => {
    const other = ROWS.map((row, index) => (index % 500 === 0 ? `/* ${index} */ ${row}` : row));
    expect(sameMeaning(insert(ROWS), insert(other))).toBe(true);
    expect(sameMeaning(insert(ROWS), insert(ROWS.slice(0, -1)))).toBe(false);
    expect(sameMeaning(insert(ROWS), insert(ROWS.with(7, '(1, 2, 3)')))).toBe(false);
    expect(sameMeaning(insert(ROWS), insert(ROWS, { tail: ' RETURNING a' }))).toBe(false);
  });
});

describe('limits', () => {
  it('count the tokens of a statement, but the rows of its longest list only as far as they are parsed at once', () => {
    expect(partsOf(insert(ROWS), 30_000)).not.toBeNull();
    expect(partsOf(insert(ROWS), 1_000)).toBeNull();
    const list = `SELECT 1 WHERE 1 IN (${ROWS.map((_, index) => index).join(', ')})`;
    expect(partsOf(list, 11_000)).toBeNull();
    expect(partsOf(list, 13_000)).toHaveLength(1);
  });

  it('are told at the statement that is too much, with the name of the setting', () => {
    const limits = { statementsMax: 2, statementTokensMax: 1_000 };
    const many = faultsOf('SELECT 1;\nSELECT 2;\n  SELECT 3;\nSELEC 4', {}, limits);
    expect(placesOf(many)).toEqual(['migration.unparseable 4:1 #4']);
    const sound = faultsOf('SELECT 1;\nSELECT 2;\n  SELECT 3;\nSELECT 4', {}, limits);
    expect(placesOf(sound)).toEqual(['migration.too_large 3:3 #3']);
    expect(sound[0]?.mend).toContain('BFM_STATEMENTS_MAX');
    const large = faultsOf(
      `SELECT 1;\nSELECT ${ROWS.map((_, index) => 1_000_000_000 + index).join(', ')};`,
      {},
      limits,
    );
    expect(placesOf(large)).toEqual(['migration.too_large 2:1 #2']);
    expect(large[0]?.mend).toContain('BFM_STATEMENT_TOKENS_MAX');
  });
});
