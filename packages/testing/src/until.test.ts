import { expect, test } from 'vitest';
import { until } from './until.ts';

test('returns the first answer that is something', async () => {
  const answers = [undefined, null, false, 0];
  expect(await until(() => answers.shift(), { what: 'a number', everyMs: 1 })).toBe(0);
});

test('says what it waited for in vain', async () => {
  await expect(until(() => false, { what: 'the sun', timeoutMs: 20, everyMs: 1 })).rejects.toThrow(
    'Waited in vain for the sun.',
  );
});
