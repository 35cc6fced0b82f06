import { fc } from '@bfm/testing';
import { loadModule, scanSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSqlToken, type SqlToken } from './sql-token.ts';

beforeAll(loadModule);

const QUOTED_OR_COMMENT = /^(?:(?:[EeBb]|[Uu]&)?['"]|\$(?![0-9])|--|\/\*)/;
const PLAIN: ReadonlySet<string> = new Set(['space', 'word', 'symbol', 'semicolon']);

function tokensOf(text: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let index = 0; index < text.length; index = tokens.at(-1)?.end ?? text.length) {
    tokens.push(readSqlToken(text, index));
  }
  return tokens;
}

describe('readSqlToken', () => {
  it.each<[string, string]>([
    ["'a''b'", 'string'],
    ["E'a\\'b'", 'string'],
    ["e'\\\\'", 'string'],
    ["E'a'  \n  'b\\''", 'string'],
    ["'a'\n'b'", 'string'],
    ["U&'\\0061'", 'string'],
    ["x'1f'", 'string'],
    ['"a""b;"', 'quoted-identifier'],
    ['U&"a"', 'quoted-identifier'],
    ['$$a$b$$', 'dollar-string'],
    ['$täg$ $$ $täg$', 'dollar-string'],
    ['--x', 'line-comment'],
    ['/* /* */ ; */', 'block-comment'],
    ['a$b$c', 'word'],
    ['été', 'word'],
    ['$12', 'symbol'],
    ['\\connect x', 'meta-command'],
    [';', 'semicolon'],
    [' \n\t', 'space'],
  ])('takes %j whole, as %s', (text, kind) => {
    expect(tokensOf(text)).toEqual([{ kind, start: 0, end: text.length, terminated: true }]);
  });

  it.each(["'a''", "E'\\'", '$$a$', '$a$ $b$', '"a""', '/* /* */'])('says that %j is not closed', (text) => {
    expect(tokensOf(text)).toMatchObject([{ end: text.length, terminated: false }]);
  });

  it('ends a bit string at its first quote, also in a continuation', () => {
    const text = "b'1'\n''''";
    expect(tokensOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(["b'1'\n''", "''"]);
  });

  it("finds the same literals, names and comments as PostgreSQL's own scanner", () => {
    const piece = fc.constantFrom(
      "'a;'",
      "''''",
      "E'\\''",
      "E'a'\n'\\''",
      "U&'x'",
      "b'1'",
      '"a;"',
      '"""é"',
      '$$;$$',
      '$t$ $$ $t$',
      '-- x;\n',
      '/* ; /* */ */',
      'word',
      'e',
      'été',
      '$1',
      '12',
      '1.5e3',
      ';',
      '(',
      '||',
      '-',
      '::',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join(' ');
        const bytes = Buffer.from(text);
        const scanned = text === '' ? [] : scanSync(text).tokens;
        const theirs = scanned
          .map(({ start, end }) => bytes.subarray(start, end).toString())
          .filter((token) => QUOTED_OR_COMMENT.test(token));
        const ours = tokensOf(text).filter(({ kind }) => !PLAIN.has(kind));
        expect(ours.map(({ start, end }) => text.slice(start, end))).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it('covers every character of any text exactly once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let end = 0;
        for (const token of tokensOf(text)) {
          expect(token.start).toBe(end);
          expect(token.end).toBeGreaterThan(token.start);
          ({ end } = token);
        }
        expect(end).toBe(text.length);
      }),
    );
  });
});
