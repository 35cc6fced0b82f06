import { expect, it } from 'vitest';
import { readStopGrace } from './stop-grace.ts';

it('is somewhat less than the half minute of supervisors, or what was said', () => {
  expect(readStopGrace({})).toBe(20_000);
  expect(readStopGrace({ BFM_STOP_GRACE: '' })).toBe(20_000);
  expect(readStopGrace({ BFM_STOP_GRACE: '50s' })).toBe(50_000);
});

it.each(['50', 'soon', '0s'])('refuses %s', (text) => {
  expect(() => readStopGrace({ BFM_STOP_GRACE: text })).toThrow('BFM_STOP_GRACE: ');
});
