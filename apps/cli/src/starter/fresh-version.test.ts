import type { Version } from '@bfm/core';
import { expect, it } from 'vitest';
import { freshVersion } from './fresh-version.ts';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const fresh = (...known: readonly string[]): string => freshVersion(known as readonly Version[], NOW);

it('is the time of now, UTC, where that comes last', () => {
  expect(fresh()).toBe('20260304050607');
  expect(fresh('20250101000000', '20260304050606')).toBe('20260304050607');
});

it('is a second behind the latest one there is, over the end of a minute, a month and a year', () => {
  expect(fresh('20260304050607', '20250101000000')).toBe('20260304050608');
  expect(fresh('20270228235959')).toBe('20270301000000');
  expect(fresh('20991231235959')).toBe('21000101000000');
});

it('counts on where the latest one is no date', () => {
  expect(fresh('99999999999998')).toBe('99999999999999');
});
