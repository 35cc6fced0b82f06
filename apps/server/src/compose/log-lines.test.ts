import { expect, it } from 'vitest';
import { toText } from './log-lines.ts';

it('makes a line of the log readable, and lets nothing draw on a terminal', () => {
  const line = JSON.stringify({
    level: 'warn',
    time: '2026-01-01T00:00:00.000Z',
    module: 'http',
    route: '/health',
    err: { message: 'a b' },
    msg: 'red \u001b[31m',
  });
  expect(toText(line)).toBe(
    '2026-01-01T00:00:00.000Z warn  http: red \\u001b[31m route=/health err={"message":"a b"}',
  );
});
