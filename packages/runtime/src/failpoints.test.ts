import { FAILPOINT_NAMES, isBfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { ArmedFailpoints, readFaultRules } from './failpoints.ts';

const enabled = (text: string): ReturnType<typeof readFaultRules> =>
  readFaultRules({ BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: text });

function refused(text: string): string {
  try {
    enabled(text);
  } catch (error) {
    if (isBfmError(error)) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('BFM_FAILPOINTS', () => {
  it.each([undefined, '', '0', 'true', '2'])('is not even read with BFM_ENABLE_FAILPOINTS=%s', (value) => {
    const variables = { BFM_ENABLE_FAILPOINTS: value, BFM_FAILPOINTS: 'no such=thing;target.taken=kill' };
    expect(readFaultRules(variables)).toEqual({ enabled: false, rules: [] });
  });

  it('says what happens where, and when', () => {
    expect(enabled('target.taken=kill;step.recorded=busy:250@3').rules).toEqual([
      { name: 'target.taken', action: 'kill', ms: 0, hit: 1 },
      { name: 'step.recorded', action: 'busy', ms: 250, hit: 3 },
    ]);
  });

  it.each([
    ['step.recordet=kill', 'names no failpoint; did you mean step.recorded?'],
    ['target.taken=kil', 'names no action; did you mean kill?'],
    ['target.taken', 'is not written as a failpoint'],
    ['target.taken=kill@0', 'is not written as a failpoint'],
    ['target.taken=busy', 'says not for how long'],
    ['target.taken=kill:5', 'takes no time'],
    ['step.recorded=hang', 'asks for what cannot happen at step.recorded, where nothing waits'],
  ])('refuses %s', (text, words) => {
    expect(refused(text)).toContain(words);
  });
});

describe('failpoints', () => {
  it('fail the n-th time they are reached, and only then', async () => {
    const failpoints = new ArmedFailpoints(enabled('target.taken=error@2').rules);
    await failpoints.reach('target.taken');
    await failpoints.reach('target.connected');
    await expect(failpoints.reach('target.taken')).rejects.toThrow('failpoint target.taken');
    await failpoints.reach('target.taken');
  });

  it('keep the process busy', () => {
    const failpoints = new ArmedFailpoints(enabled('step.recorded=busy:40').rules);
    const sinceMs = performance.now();
    failpoints.pass('step.recorded');
    expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(38);
  });

  it('have names of two parts', () => {
    for (const name of FAILPOINT_NAMES) expect(name).toMatch(/^[a-z]+\.[a-z_]+$/);
  });
});
