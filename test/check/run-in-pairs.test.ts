import { expect, it } from 'vitest';
import { runInPairs, type Step } from '../../scripts/check/run-in-pairs.ts';

const step = (name: string, ...scripts: readonly string[]): Step => ({
  name,
  commands: scripts.map((script) => ['--eval', script]),
});

it('runs every step although one fails, and stops a step at its first failing command', async () => {
  const ended: string[] = [];
  const outcomes = await runInPairs(
    [
      step('fails', 'console.log("said"); process.exitCode = 3', 'console.log("never")'),
      step('good', 'console.error("first")', 'console.log("second")'),
      step('also good', ''),
    ],
    ({ name }) => ended.push(name),
  );
  const byName = Object.fromEntries(outcomes.map(({ name, ok, output }) => [name, { ok, output }]));
  expect(byName).toEqual({
    fails: { ok: false, output: 'said' },
    good: { ok: true, output: 'first\nsecond' },
    'also good': { ok: true, output: '' },
  });
  expect(ended.sort()).toEqual(['also good', 'fails', 'good']);
});

it('never has more than two steps running', async () => {
  const script = 'console.log(Date.now()); setTimeout(() => console.log(Date.now()), 300)';
  const outcomes = await runInPairs(
    ['a', 'b', 'c', 'd', 'e'].map((name) => step(name, script)),
    () => {},
  );
  const spans = outcomes.map(({ output }) => output.split('\n').map(Number));
  const running = spans.map(
    ([start = 0]) => spans.filter(([from = 0, to = 0]) => from <= start && start < to).length,
  );
  expect(Math.max(...running)).toBeLessThanOrEqual(2);
});
