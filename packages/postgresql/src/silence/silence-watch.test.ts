import { expect, it } from 'vitest';
import type { Look } from './look.ts';
import { SilenceWatch } from './silence-watch.ts';

const THERE: Look = { kind: 'there', pid: 1, life: 'x', isActive: true, blockers: [], progress: null };
const GONE: Look = { kind: 'gone' };

/** What a watch over a statement that is silent for ever does with these looks; the last one goes on. */
async function givenUpAfter(...looks: readonly [Look, ...Look[]]): Promise<number | null> {
  let [nowMs, looked] = [0, 0];
  const { promise, resolve } = Promise.withResolvers<number | null>();
  using watch = new SilenceWatch({
    connection: {
      stream: { bytesRead: 0, bytesWritten: 1, destroy: () => resolve(looked) },
      answeredBytes: () => 0,
      backend: () => 1,
    },
    deadlineMs: 30_000,
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
      // Whoever watches must get a turn.
      await new Promise((next) => setImmediate(next));
    },
    openLooker: () => ({
      look: () => {
        looked += 1;
        if (looked > 20) resolve(null);
        return Promise.resolve(looks[looked - 1] ?? looks.at(-1) ?? GONE);
      },
      end: () => Promise.resolve(),
      [Symbol.dispose]: () => undefined,
    }),
  });
  using _listening = watch.listen({ lockTimeoutMs: 0, tell: () => undefined });
  return await promise;
}

it('gives a session up that two looks in a row do not find, and not one that another server does not know', async () => {
  expect(await givenUpAfter(GONE)).toBe(2);
  expect(await givenUpAfter(GONE, THERE)).toBe(null);
  expect(await givenUpAfter(GONE, THERE, GONE, THERE, GONE, GONE)).toBe(6);
});
