import { expect, it } from 'vitest';
import { Connecting } from './connecting.ts';

/** A clock whose sleepers wake when told to, or when what they wait for is over. */
function sleepers(): {
  readonly clock: Parameters<Connecting['watch']>[2];
  readonly wake: () => Promise<void>;
} {
  const waking: (() => void)[] = [];
  return {
    clock: {
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          waking.push(resolve);
          signal.addEventListener('abort', () => {
            resolve();
          });
        }),
    },
    wake: async () => {
      for (const resolve of waking.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('says once per address that a connection takes long, and nothing of one that is there', async () => {
  const said: string[] = [];
  const connecting = new Connecting((address) => said.push(address));
  const { clock, wake } = sleepers();
  connecting.watch('quick:1/db', Promise.resolve(), clock);
  await wake();
  expect(connecting).toMatchObject({ address: null, isAnswered: true });
  const never = (): Promise<unknown> => Promise.withResolvers().promise;
  connecting.watch('slow:1/db', never(), clock);
  connecting.watch('slow:1/db', never(), clock);
  expect([said, connecting.address]).toEqual([[], 'slow:1/db']);
  await wake();
  expect(said).toEqual(['slow:1/db']);
});

it('counts one that failed as answered by nobody', async () => {
  const connecting = new Connecting(() => undefined);
  const { clock, wake } = sleepers();
  connecting.watch('closed:1/db', Promise.reject(new Error('refused')), clock);
  await wake();
  expect(connecting).toMatchObject({ address: null, isAnswered: false });
});
