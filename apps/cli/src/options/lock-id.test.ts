import { expect, it } from 'vitest';
import { parseLockId } from './lock-id.ts';

it.each(['core/shop@7', 'core/shop@7+12', 'core/shop@+12', 'core/my@schema/x@7'])('%j is an id', (id) => {
  expect(parseLockId(id)).toBe(id);
});

it.each(['', 'nonsense', 'core/shop', 'core/shop@', 'core/shop@x', 'core/shop@7+', '/shop@7', 'shop@7'])(
  '%j is none, and the form is shown',
  (id) => {
    expect(() => parseLockId(id)).toThrow(
      expect.objectContaining({
        code: 'request.invalid',
        message: expect.stringContaining('connection/schema@TOKEN') as string,
      }),
    );
  },
);
