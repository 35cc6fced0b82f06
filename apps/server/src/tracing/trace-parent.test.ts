import { expect, test } from 'vitest';
import { readTraceParent } from './trace-parent.ts';

const GOOD = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test.each([
  ['as the standard has it', GOOD, GOOD],
  ['of a later version', `cc-${GOOD.slice(3)}`, `cc-${GOOD.slice(3)}`],
  ['of a later version with more behind it', `cc-${GOOD.slice(3)}-what`, `cc-${GOOD.slice(3)}`],
  ['with more behind it', `${GOOD}-what`, null],
  ['of version ff', `ff-${GOOD.slice(3)}`, null],
  ['in upper case', GOOD.toUpperCase(), null],
  ['without a trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, null],
  ['without a span', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`, null],
  ['with a line in it', `${GOOD}\n`, null],
  ['empty', '', null],
  ['missing', undefined, null],
])('a traceparent %s', (_what, given, read) => {
  expect(readTraceParent(given)).toBe(read);
});
