import { BfmError } from '@bfm/core';
import { expect, test } from 'vitest';
import { redactKeys } from './redact-keys.ts';

test('an error about a file is told by its code and place, and quotes nothing of the file', () => {
  const error = new BfmError('migration.unparseable', {
    message: 'syntax error at or near "SELEKT": SELEKT \'c4n4ry\'',
    details: { where: { file: 'postgresql/core/1_a.up.sql', line: 3 }, excerpt: 'c4n4ry' },
    next: 'mend it',
  });
  const told = redactKeys({ err: error });
  expect(told).toMatchObject({
    err: { code: 'migration.unparseable', where: { file: 'postgresql/core/1_a.up.sql', line: 3 } },
  });
  expect(JSON.stringify(told)).not.toContain('c4n4ry');
});

test('any other error is told with its message and its cause', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { password: 'p' });
  const error = new BfmError('state.unavailable', { message: 'away', next: 'look', cause });
  expect(redactKeys(error)).toMatchObject({
    message: 'away',
    cause: { message: 'connect ECONNREFUSED', password: '***' },
  });
});
