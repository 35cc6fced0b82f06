import { expect, it } from 'vitest';
import { createSymbols } from './symbols.ts';
import { count, formatDuration, rangeOfNames, someNames } from './wording.ts';

it.each([
  [0, '0 ms'],
  [0.4, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_599_600, '1 h 0 min'],
  [3_780_000, '1 h 3 min'],
])('tells %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('counts with a noun', () => {
  expect([count(1, 'target'), count(0, 'target'), count(1_234_567, 'step')]).toEqual([
    '1 target',
    '0 targets',
    '1,234,567 steps',
  ]);
});

it('names as many as fit, at least one and at most ten, and says how many more', () => {
  const names = Array.from({ length: 1200 }, (_, index) => `cli_${index}`);
  expect(someNames(names, 40)).toBe('cli_0, cli_1, cli_2 and 1,197 more');
  expect(someNames(names, 5)).toBe('cli_0 and 1,199 more');
  expect(someNames(names, 1000)).toMatch(/cli_9 and 1,190 more$/);
  expect(someNames(['a', 'b'], 5)).toBe('a, b');
  expect(someNames(['\u001b[2J'], 40)).toBe('\\u{1b}[2J');
});

it('names a long list by its ends', () => {
  expect(rangeOfNames(['a', 'b', 'c'], 'schema', createSymbols(true))).toBe('3 schemas (a … c)');
  expect(rangeOfNames(['a'], 'schema', createSymbols(true))).toBe('a');
});
