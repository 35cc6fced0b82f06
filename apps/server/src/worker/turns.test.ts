import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('turns of runs', () => {
  it('end with the one that has had its place longest, once it has had it long enough, one at a time', () => {
    let nowMs = 0;
    const turns = new Turns(100, () => nowMs);
    const first = turns.begin('first');
    nowMs = 50;
    const second = turns.begin('second');
    nowMs = 99;
    expect(turns.isAnyOver).toBe(false);
    turns.endOne();
    expect(first.aborted).toBe(false);
    nowMs = 1_000;
    expect(turns.isAnyOver).toBe(true);
    turns.endOne();
    expect([first.aborted, second.aborted]).toEqual([true, false]);
    turns.endOne();
    expect(second.aborted).toBe(false);
    turns.over('first');
    turns.endOne();
    expect(second.aborted).toBe(true);
  });

  it('begin anew when a run is taken again', () => {
    let nowMs = 0;
    const turns = new Turns(100, () => nowMs);
    turns.begin('run');
    nowMs = 150;
    turns.over('run');
    turns.begin('run');
    expect(turns.isAnyOver).toBe(false);
  });
});
