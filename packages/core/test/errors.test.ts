import {
  BfmError,
  CATEGORIES,
  ERROR_CATALOG,
  exitCodeOf,
  formatPlace,
  isBfmError,
  toFaultsError,
} from '@bfm/core';
import { describe, expect, it } from 'vitest';

describe('the error catalogue', () => {
  it('names every code as noun.problem and gives it a full sentence', () => {
    for (const [code, { title }] of Object.entries(ERROR_CATALOG)) {
      expect(code).toMatch(/^[a-z]+\.[a-z0-9_]+$/);
      expect(title).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('gives every category an exit code of its own, but for the two that deny', () => {
    const exits = Object.values(CATEGORIES).map(({ exit }) => exit);
    expect([...new Set(exits)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 70]);
    expect(exitCodeOf('step.failed')).toBe(1);
    expect(exitCodeOf('target.unreachable')).toBe(8);
  });
});

describe('an error', () => {
  it('is known as one also when another copy of the package made it', () => {
    const foreign: unknown = Object.assign(new Error('x'), { [Symbol.for('bfm.error')]: true });
    expect(isBfmError(foreign)).toBe(true);
    expect(isBfmError(new Error('x'))).toBe(false);
    expect(isBfmError(null)).toBe(false);
  });

  it('made of several faults speaks for the first and keeps all', () => {
    const fault = {
      code: 'migration.empty',
      message: 'one',
      where: { file: 'a', line: 1 },
      mend: 'mend',
    } as const;
    const error = toFaultsError([fault, { ...fault, message: 'two' }]);
    expect(error).toBeInstanceOf(BfmError);
    expect(error.message).toBe('one (and 1 more)');
    expect(error.details.faults).toHaveLength(2);
    expect(error.next).toBe('mend');
  });

  it('tells its place as editors read it', () => {
    expect(formatPlace({ file: 'a.sql', line: 3, column: 7 })).toBe('a.sql:3:7');
    expect(formatPlace({ file: 'a.sql', line: 3 })).toBe('a.sql:3');
    expect(formatPlace({ file: 'a.sql' })).toBe('a.sql');
    expect(formatPlace({ line: 3 })).toBe('');
  });
});
