import { describe, expect, it } from 'vitest';
import { V1ProgressTeller } from './v1-progress.ts';

const told = (all: Iterable<{ status: string; progress: number }>) =>
  [...all].map(({ status, progress }) => `${status} ${progress}`);

describe('progress', () => {
  it('runs before it ends, once each, and the last message has 100', () => {
    const teller = new V1ProgressTeller(3);
    expect(told(teller.begin('a'))).toEqual(['running 0']);
    expect(told(teller.begin('a'))).toEqual([]);
    expect(told(teller.end('a', 'success', ''))).toEqual(['success 33']);
    expect(told(teller.end('a', 'failed', ''))).toEqual([]);
    expect(told(teller.end('b', 'skipped', ''))).toEqual(['running 33', 'skipped 66']);
    expect(teller.failure('no')).toMatchObject({ migration_id: '', status: 'failed', progress: 100 });
  });
});
