import { BfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { WatchedCheck } from './watched-check.ts';

/** A check that is answered by hand, and a clock that is set by hand. */
function watched(): {
  readonly check: WatchedCheck;
  readonly clock: { nowMs: number };
  readonly asked: {
    readonly resolve: (value: undefined) => void;
    readonly reject: (error: unknown) => void;
  }[];
} {
  const clock = { nowMs: 0 };
  const asked: ReturnType<typeof watched>['asked'] = [];
  const check = new WatchedCheck(
    () => {
      const answer = Promise.withResolvers<undefined>();
      asked.push(answer);
      return answer.promise;
    },
    { timeoutMs: 5, patienceMs: 1_000, nowMs: () => clock.nowMs },
  );
  return { check, clock, asked };
}

describe('a check that is watched', () => {
  it('is ok, or what its error means in general', async () => {
    const { check, asked } = watched();
    const good = check.word();
    asked[0]?.resolve(undefined);
    expect(await good).toBe('ok');
    const bad = check.word();
    asked[1]?.reject(new BfmError('state.unavailable', { message: 'secret', next: 'look' }));
    expect(await bad).toBe("BFM's state cannot be used now.");
    const broken = check.word();
    asked[2]?.reject(new Error('secret'));
    expect(await broken).toBe('failed');
  });

  it('is slow when it is late for a while, then it does not answer; it is asked once', async () => {
    const { check, clock, asked } = watched();
    const first = check.word();
    asked[0]?.resolve(undefined);
    await first;
    clock.nowMs = 999;
    expect(await check.word()).toBe('slow');
    expect(await check.word()).toBe('slow');
    clock.nowMs = 1_000;
    expect(await check.word()).toBe('does not answer');
    expect(asked).toHaveLength(2);
    const late = check.word();
    asked[1]?.resolve(undefined);
    expect(await late).toBe('ok');
  });

  it('does not answer when it never did, or was away', async () => {
    const { check, asked } = watched();
    expect(await check.word()).toBe('does not answer');
    const away = check.word();
    asked[0]?.reject(new Error('away'));
    await away;
    expect(await check.word()).toBe('does not answer');
  });
});
