import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Interrupted } from './interruption.ts';
import { createOutput, showsUnicode } from './output.ts';

function capture(): { stream: NodeJS.WriteStream; text: () => string } {
  const stream = new PassThrough();
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => String(stream.read()) };
}

test('phases are aligned, timed and free of escape codes where there is no terminal', async () => {
  const { stream, text } = capture();
  const output = createOutput(stream, true);
  await output.phase('Short', () => Promise.resolve('done'));
  await output.phase(
    'Somewhat longer',
    () => Promise.resolve(7),
    (count) => `${String(count)} things`,
  );
  expect(text().replaceAll(/\d+\.\d\d s/g, 'T')).toBe(
    '✓ Short              done (T)\n✓ Somewhat longer    7 things (T)\n',
  );
});

test('a phase that goes on says so, for how long, and leaves nothing of it on a terminal', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  for (const isTTY of [true, false]) {
    const { stream, text } = capture();
    stream.isTTY = isTTY;
    const work = Promise.withResolvers<string>();
    const phase = createOutput(stream, true).phase('Short', () => work.promise);
    await vi.advanceTimersByTimeAsync(12_000);
    work.resolve('done');
    await phase;
    const lines = text().replaceAll(/\u001b\[\d+m/g, '');
    if (isTTY) expect(lines).toMatch(/\r… Short {14}12 s\u001b\[K\r\u001b\[K✓ Short {14}done/);
    else expect(lines).toMatch(/^… Short {14}10 s\n✓ Short {14}done/);
  }
});

test('a phase that fails is marked, and its error passes through', async () => {
  const { stream, text } = capture();
  const failing = createOutput(stream, true).phase('Short', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(text()).toMatch(/^✗ Short {14}\(\d+\.\d\d s\)\n$/);
});

test('a phase that was interrupted is not shown as failed', async () => {
  const { stream, text } = capture();
  const work = (): Promise<string> => Promise.reject(new Interrupted('ended by SIGINT'));
  await expect(createOutput(stream, true).phase('Short', work)).rejects.toThrow(Interrupted);
  expect(text()).toMatch(/^– Short {14}interrupted \(\d+\.\d\d s\)\n$/);
});

test('a locale without UTF-8 gets plain signs', async () => {
  expect([{ LANG: 'de_DE.UTF-8' }, { LC_ALL: 'C', LANG: 'C.utf8' }, {}].map(showsUnicode)).toEqual([
    true,
    false,
    false,
  ]);
  const { stream, text } = capture();
  await createOutput(stream, false).phase('Short', () => Promise.resolve('done'));
  expect(text()).toMatch(/^\+ Short /);
});

test('lists are aligned', () => {
  const { stream, text } = capture();
  createOutput(stream, true).facts([
    ['a', '1'],
    ['long', '2'],
  ]);
  expect(text()).toBe('  a     1\n  long  2\n\n');
});
