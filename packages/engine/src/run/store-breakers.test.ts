import { BfmError } from '@bfm/core';
import { MemoryStore } from '@bfm/testing';
import { expect, it } from 'vitest';
import { StoreBreakers } from './store-breakers.ts';

const away = (message: string): BfmError => new BfmError('target.unreachable', { message, next: 'look' });

it('asks a store no more that was out of reach three times in a row, and says why', () => {
  const breakers = new StoreBreakers();
  const [one, other] = [new MemoryStore(), new MemoryStore()];
  for (const message of ['first', 'second']) breakers.missed(one, away(message));
  expect(breakers.whyNot(one)).toBeNull();
  breakers.reached(one);
  for (const message of ['first', 'second', 'third']) breakers.missed(one, away(message));
  expect(breakers.whyNot(one)?.message).toBe('third');
  expect(breakers.whyNot(other)).toBeNull();
  breakers.reached(one);
  expect(breakers.whyNot(one)).toBeNull();
});
