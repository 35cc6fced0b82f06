import { describe, expect, it } from 'vitest';
import { LeftAlone } from './left-alone.ts';

describe('runs that nobody can work on', () => {
  it('are left alone for a while that doubles, up to five minutes', () => {
    let nowMs = 1_000;
    const left = new LeftAlone(() => nowMs);
    const pauses = Array.from({ length: 9 }, () => {
      left.add('a');
      const fromMs = nowMs;
      while (left.has('a')) nowMs += 1_000;
      return nowMs - fromMs;
    });
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1_000));
    expect(left.has('b')).toBe(false);
  });

  it('are forgotten once all goes well', () => {
    const left = new LeftAlone(() => 0);
    left.add('a');
    expect([left.has('a'), left.size]).toEqual([true, 1]);
    left.forget('a');
    expect([left.has('a'), left.size]).toEqual([false, 0]);
  });
});
