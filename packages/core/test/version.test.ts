import { isCalendarVersion, parseVersion } from '@bfm/core';
import { describe, expect, it } from 'vitest';

describe('a version', () => {
  it.each(['20250101120000', '00000000000000', '99999999999999'])('is any 14 digits: %s', (text) => {
    expect(parseVersion(text)).toBe(text);
  });

  it.each([
    '',
    '1',
    '2025010112000',
    '202501011200000',
    '-2025010112000',
    '2025010112000x',
    '٢٠٢٥٠١٠١١٢٠٠٠٠',
    ' 20250101120000',
  ])('is nothing else: %j', (text) => {
    expect(parseVersion(text)).toBeNull();
  });

  it.each([
    ['20250101120000', true],
    ['20240229235959', true],
    ['20250229000000', false],
    ['20251301000000', false],
    ['20250101240000', false],
    ['20250101006000', false],
    ['00000000000000', false],
  ])('%s is a date: %s', (text, expected) => {
    const version = parseVersion(text);
    expect(version !== null && isCalendarVersion(version)).toBe(expected);
  });
});
