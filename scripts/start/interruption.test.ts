import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Interrupted, Interruption } from './interruption.ts';

function fakeProcess(): EventEmitter & { ppid: number } {
  return Object.assign(new EventEmitter(), { ppid: 100 });
}

test('nothing is interrupted before a signal', () => {
  const interruption = new Interruption(fakeProcess(), { watchParent: false });
  expect(() => {
    interruption.check();
  }).not.toThrow();
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s interrupts; the first signal is remembered',
  async (signal) => {
    const source = fakeProcess();
    const interruption = new Interruption(source, { watchParent: false });
    source.emit(signal);
    source.emit('SIGTERM');
    expect(await interruption.requested).toBe(signal);
    expect(() => {
      interruption.check();
    }).toThrow(Interrupted);
  },
);

test('under npm the death of the parent interrupts', async () => {
  const source = fakeProcess();
  const interruption = new Interruption(source, { watchParent: true, watchEveryMs: 1 });
  source.ppid = 1;
  expect(await interruption.requested).toBe('SIGHUP');
  interruption.release();
});

test('after its release the signals have their usual meaning', () => {
  const source = fakeProcess();
  new Interruption(source, { watchParent: true }).release();
  expect(source.eventNames()).toEqual([]);
});
