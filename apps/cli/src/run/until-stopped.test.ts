import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { untilStopped } from './until-stopped.ts';

/** Something that ends only when it is told to have no patience. */
function stubborn(): { readonly graces: number[]; readonly drain: (graceMs: number) => Promise<void> } {
  const graces: number[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    graces,
    drain: async (graceMs) => {
      graces.push(graceMs);
      if (graceMs === 0) resolve(undefined);
      await promise;
    },
  };
}

it('a signal drains, a second one drains at once', async () => {
  const source = new EventEmitter();
  const running = stubborn();
  const ended = untilStopped(() => Promise.resolve(running), { graceMs: 5000, source });
  await new Promise(setImmediate);
  source.emit('SIGTERM');
  await new Promise(setImmediate);
  expect(running.graces).toEqual([5000]);
  source.emit('SIGTERM');
  expect(await ended).toBe(0);
  expect(running.graces).toEqual([5000, 0]);
  expect(source.eventNames()).toEqual([]);
});

it('a signal before the start is over ends what was started', async () => {
  const source = new EventEmitter();
  const running = stubborn();
  const starting = Promise.withResolvers<typeof running>();
  const ended = untilStopped(() => starting.promise, { graceMs: 5000, source });
  source.emit('SIGINT');
  starting.resolve(running);
  // Whichever is heard first, it has come to its end.
  expect(await ended).toBe(130);
  expect(running.graces.at(-1)).toBe(0);
});
