import { expect, it } from 'vitest';
import { plainLook } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { excerpt } from './excerpt.ts';

it('puts the caret under the place, also behind tabs and wide characters', () => {
  expect(excerpt({ text: 'SELECT nme', line: 12, column: 8 }, plainLook(80))).toEqual([
    '   12 | SELECT nme',
    '      |        ^',
  ]);
  expect(excerpt({ text: '\t日本 x', line: 1, column: 5 }, plainLook(80))[1]).toBe('      |       ^');
});

it('shows the part of a long line that matters, within the width', () => {
  const text = `SELECT ${'a, '.repeat(200)}nme, ${'b, '.repeat(200)}z`;
  const lines = excerpt({ text, line: 3, column: text.indexOf('nme') + 1 }, plainLook(60));
  expect(lines.every((line) => displayWidth(line) <= 60)).toBe(true);
  expect(lines[0]?.slice(lines[1]?.indexOf('^'))).toMatch(/^nme/);
});

it('cuts the end of a long line whose place is at its beginning', () => {
  const lines = excerpt({ text: `SELECT ${'a, '.repeat(200)}`, line: 3, column: 1 }, plainLook(60));
  expect(lines[0]).toMatch(/^ {4}3 \| SELECT .*…$/);
  expect(displayWidth(lines[0] ?? '')).toBeLessThanOrEqual(60);
});

it('shows no caret without a column, and no control characters', () => {
  expect(excerpt({ text: 'a\u001b[2Jb', line: 1, column: null }, plainLook(80))).toEqual([
    '    1 | a\\u{1b}[2Jb',
  ]);
});
