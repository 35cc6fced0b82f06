import { expect, it } from 'vitest';
import { toNames } from './schemas-from.ts';

it('takes one name per line, each once, and no blank ones', () => {
  expect(toNames('\uFEFFa\r\n b \n\n\ta\n日本\n')).toEqual(['a', 'b', '日本']);
  expect(toNames('')).toEqual([]);
});
