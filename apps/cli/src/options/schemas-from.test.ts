import { expect, it } from 'vitest';
import { toNames } from './schemas-from.ts';

it('takes one name per line, each once, and neither blank ones nor comments', () => {
  expect(toNames('\uFEFFa\r\n b \n\n\ta\n日本\n')).toEqual(['a', 'b', '日本']);
  expect(toNames('# the first wave\na\n  # acme left\nb#1\n')).toEqual(['a', 'b#1']);
  expect(toNames('')).toEqual([]);
});
