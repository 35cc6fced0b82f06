import { expect, test } from 'vitest';
import { parsePostmasterFile } from './postmaster.ts';

const COMPLETE = ['4711', '/data', '1800000000', '5433', '', '127.0.0.1', '  1234  5678', 'ready   ', ''];

test('a complete file tells pid, port and readiness', () => {
  expect(parsePostmasterFile(COMPLETE.join('\n'))).toEqual({ pid: 4711, port: 5433, ready: true });
});

test('a server that is still starting is not ready', () => {
  expect(parsePostmasterFile(COMPLETE.with(7, 'starting').join('\n'))?.ready).toBe(false);
  expect(parsePostmasterFile(COMPLETE.slice(0, 6).join('\n'))?.ready).toBe(false);
});

test.each(['', '\n', 'garbage', '0', '1', '-5'])('a file that begins with %j names nobody', (text) => {
  expect(parsePostmasterFile(text)).toBeNull();
});
