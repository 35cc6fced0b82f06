import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { oneOf, parseDuration, parseDurationOrNone, wholeNumber } from './option-values.ts';

it.each([
  ['1ms', 1],
  ['500ms', 500],
  ['2s', 2000],
  ['10min', 600_000],
  ['1h', 3_600_000],
  ['168h', 604_800_000],
  ['2 s', 2000],
])('reads %s as %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', '0', '0s', '3', '1m', '1d', '-1s', '1.5s', '169h', '1s 2ms', '９s', '99999999999999s'])(
  'refuses %j as a time',
  (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
  },
);

it('says what unit is missing', () => {
  expect(() => parseDuration('30')).toThrow('30ms or 30s');
});

it('takes 0 for none where none is a time', () => {
  expect([parseDurationOrNone('0'), parseDurationOrNone('0s'), parseDurationOrNone('5s')]).toEqual([
    0, 0, 5000,
  ]);
});

it.each(['0', '11', '-1', '1.5', 'x', '', '1e1', ' 1'])('refuses %j as a number up to 10', (text) => {
  expect(() => wholeNumber(10)(text)).toThrow(InvalidArgumentError);
});

it('reads whole numbers and words of a list', () => {
  expect(wholeNumber(10)('10')).toBe(10);
  expect(oneOf(['a', 'b'])('b')).toBe('b');
  expect(() => oneOf(['a', 'b'])('c')).toThrow('a, b');
});
