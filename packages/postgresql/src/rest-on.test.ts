import { expect, it } from 'vitest';
import { restOn } from './rest-on.ts';

const { signal } = new AbortController();

async function rest(ms: number, silenceMs: number | null): Promise<readonly (number | 'asked')[]> {
  const seen: (number | 'asked')[] = [];
  const ask = (): Promise<void> => {
    seen.push('asked');
    return Promise.resolve();
  };
  const sleep = (slept: number): Promise<void> => {
    seen.push(slept);
    return Promise.resolve();
  };
  await restOn({ ask, silenceMs, sleep }, ms, signal);
  return seen;
}

it('lets the server hear of a session three times before it would be ended, and not at the end', async () => {
  expect(await rest(2_500, 3_000)).toEqual([1_000, 'asked', 1_000, 'asked', 500]);
  expect(await rest(900, 3_000)).toEqual([900]);
  expect(await rest(60_000, null)).toEqual([60_000]);
  expect(await rest(0, 3_000)).toEqual([]);
});

it('ends at once when it is told to, and asks nothing more', async () => {
  const controller = new AbortController();
  const asked: number[] = [];
  const sleep = (): Promise<void> => {
    controller.abort();
    return Promise.resolve();
  };
  await restOn({ ask: () => Promise.resolve(asked.push(1)), silenceMs: 3, sleep }, 100, controller.signal);
  expect(asked).toEqual([]);
});

it('throws when the session is lost', async () => {
  const ask = (): Promise<never> => Promise.reject(new Error('lost'));
  const sleep = (): Promise<void> => Promise.resolve();
  await expect(restOn({ ask, silenceMs: 3, sleep }, 100, signal)).rejects.toThrow('lost');
});
