import { describe, expect, it } from 'vitest';
import { runBfm, type BfmEnd } from '../support/bfm.ts';
import { ORDER, useThreeStores } from './three-stores-world.ts';

const UNIT = ['--unit', 'tenant', '--on-failure', 'compensate'];

describe('a tenant in three stores', async () => {
  const { sfm, environment, tenant, breakLast, mendLast, there, unsound } = await useThreeStores();

  const bfm = (words: readonly string[], faults: Record<string, string> = {}): Promise<BfmEnd> =>
    runBfm([...words, '--schema', tenant(), '--sfm', sfm, '--json'], { ...environment, ...faults });

  it('is taken back to the start when the last store fails, and goes to the end once it is mended', async () => {
    await breakLast();
    const failed = await bfm(['up', ...UNIT]);
    expect(failed.code).toBe(1);
    expect(endsOf(failed)).toEqual({
      ...Object.fromEntries(ORDER.slice(0, 5).map((name) => [name, 'rolled_back'])),
      rules_2: 'failed',
    });
    expect(await there()).toEqual([]);
    expect(await unsound()).toEqual([]);
    await mendLast();
    expect((await bfm(['up', ...UNIT])).code).toBe(0);
    expect(await there()).toEqual(ORDER);
    expect(await unsound()).toEqual([]);
  });

  it('keeps what is done when that is what is asked for', async () => {
    await breakLast();
    const failed = await bfm(['up', '--unit', 'tenant']);
    expect(failed.code).toBe(1);
    expect(await there()).toEqual(ORDER.slice(0, 5));
    expect(await unsound()).toEqual([]);
  });

  it('takes back nothing that was there before', async () => {
    expect((await bfm(['up', '--to', '20250101000001'])).code).toBe(0);
    await breakLast();
    expect((await bfm(['up', ...UNIT])).code).toBe(1);
    expect(await there()).toEqual(['app_1', 'app_2', 'events_1', 'events_2', 'rules_1']);
    expect(await unsound()).toEqual([]);
  });

  it.each(Array.from({ length: 6 }, (_, index) => index + 1))(
    'killed at step %i: the next up goes to the end',
    async (step) => {
      const killed = await bfm(['up', ...UNIT], {
        BFM_ENABLE_FAILPOINTS: '1',
        BFM_FAILPOINTS: `step.recorded=kill@${step}`,
      });
      expect(killed.code).toBeNull();
      expect((await bfm(['up', ...UNIT, '--lock-wait', '30s'])).code).toBe(0);
      expect(await there()).toEqual(ORDER);
      expect(await unsound()).toEqual([]);
    },
  );

  it.each([1, 3, 5])('killed at step %i of taking back: the next up goes on to the end', async (step) => {
    await breakLast();
    const killed = await bfm(['up', ...UNIT], {
      BFM_ENABLE_FAILPOINTS: '1',
      BFM_FAILPOINTS: `step.commit_sent=kill@${5 + step}`,
    });
    expect(killed.code).toBeNull();
    await mendLast();
    expect((await bfm(['up', ...UNIT, '--lock-wait', '30s'])).code).toBe(0);
    expect(await there()).toEqual(ORDER);
    expect(await unsound()).toEqual([]);
  });

  it('refuses what makes no sense, and changes nothing', async () => {
    for (const words of [
      ['up', '--on-failure', 'compensate'],
      ['down', '--all', ...UNIT],
    ]) {
      const { code, stderr } = await bfm(words);
      expect({ code, error: (JSON.parse(stderr) as { error: { code: string } }).error.code }).toEqual({
        code: 2,
        error: 'request.invalid',
      });
    }
    expect(await there()).toEqual([]);
  });
});

function endsOf({ stdout }: BfmEnd): Record<string, string> {
  const { steps } = JSON.parse(stdout) as { steps: { migration_id: string; outcome: string }[] };
  return Object.fromEntries(
    steps.map(({ migration_id: id, outcome }) => [/^\d{14}_(\w+?_\d)_/.exec(id)?.[1] ?? id, outcome]),
  );
}
