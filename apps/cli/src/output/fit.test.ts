import { expect, it } from 'vitest';
import { cutEnd, cutMiddle, displayWidth, padEnd, padStart, wrap } from './fit.ts';

it('counts columns, not characters, and no colours', () => {
  expect(displayWidth('日本')).toBe(4);
  expect(displayWidth('\u001b[31mred\u001b[39m')).toBe(3);
  expect(padEnd('日本', 6)).toBe('日本  ');
  expect(padStart('\u001b[1mab\u001b[22m', 4)).toBe('  \u001b[1mab\u001b[22m');
});

it('keeps both ends of a long name', () => {
  expect(cutMiddle('a_very_long_schema_name', 11, '…')).toBe('a_ver…_name');
  expect(cutMiddle('short', 11, '…')).toBe('short');
  expect(cutMiddle('日本日本日本', 7, '…')).toBe('日…本');
  expect(cutMiddle('a_very_long_schema_name', 11, '...')).toBe('a_ve...name');
});

it.each([0, 1, 2, 3, 4, 5])('never gives more than %i columns', (width) => {
  expect(displayWidth(cutMiddle('abcdefgh', width, '...'))).toBeLessThanOrEqual(width);
  expect(displayWidth(cutEnd('日本日本', width, '…'))).toBeLessThanOrEqual(width);
});

it('wraps between words and leaves long words whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('a_word_without_an_end is', 7)).toEqual(['a_word_without_an_end', 'is']);
  expect(wrap('', 7)).toEqual(['']);
});
