import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName } from './nearest-name.ts';

describe('nearestName', () => {
  it.each<[string, readonly string[], string | null]>([
    ['transacton', ['transaction', 'tags'], 'transaction'],
    ['postgres', ['postgresql', 'etcd'], 'postgresql'],
    ['POSTGRESQL', ['postgresql'], 'postgresql'],
    ['etc', ['etcd'], 'etcd'],
    ['create_user', ['create_users', 'create_user2'], 'create_users'],
    ['mysql', ['postgresql', 'greptimedb', 'etcd'], null],
    ['', ['a'], 'a'],
    ['x', [], null],
  ])('for %j among %j is %j', (word, candidates, expected) => {
    expect(nearestName(word, candidates)).toBe(expected);
  });

  it('makes a question of it', () => {
    expect(didYouMean('tag', ['tags'])).toBe('; did you mean tags?');
    expect(didYouMean('zzz', ['tags'])).toBe('');
  });
});
