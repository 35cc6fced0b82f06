import { expect, it } from 'vitest';
import { refuseDownBounds, requireDownBound } from './down-bound.ts';

const NONE = { color: true };

it.each([{ to: '20250101000000' }, { steps: 1 }, { all: true as const }, { migration: ['x'] }])(
  'is content with %o',
  (bound) => {
    expect(() => {
      requireDownBound({ ...NONE, ...bound });
    }).not.toThrow();
  },
);

it('explains all four when none or several are given', () => {
  expect(() => {
    requireDownBound(NONE);
  }).toThrow(/none was given[^]*--to[^]*--steps[^]*--migration[^]*--all/);
  expect(() => {
    requireDownBound({ ...NONE, all: true, steps: 1 });
  }).toThrow('--steps and --all were given');
});

it('lets nothing of it stand on the way up', () => {
  expect(() => {
    refuseDownBounds({ ...NONE, to: '20250101000000', migration: ['x'] });
  }).not.toThrow();
  expect(() => {
    refuseDownBounds({ ...NONE, steps: 1 });
  }).toThrow('--steps');
  expect(() => {
    refuseDownBounds({ ...NONE, all: true });
  }).toThrow('--all');
});
