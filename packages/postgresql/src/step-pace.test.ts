import type { PlanStep } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { StepPace } from './step-pace.ts';

// Only which step it is matters here.
const [one, other] = [{ name: 'one' }, { name: 'other' }] as unknown as [PlanStep, PlanStep];

describe('the pace of steps', () => {
  it('knows of no step that it is quick before it ran', () => {
    expect(new StepPace().wasQuick(one)).toBe(false);
  });

  it('goes by the last target, and by the share of each in a transaction of several', () => {
    const pace = new StepPace();
    pace.note([one, other], 40);
    expect([pace.wasQuick(one), pace.wasQuick(other)]).toEqual([true, true]);
    pace.note([one], 21);
    expect([pace.wasQuick(one), pace.wasQuick(other)]).toEqual([false, true]);
  });
});
