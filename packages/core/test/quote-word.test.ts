import { quoteOption, quoteWord } from '@bfm/core';
import { expect, it } from 'vitest';

it('quotes what a shell would take apart', () => {
  expect(['plain', 'a b', '$x', '', '*'].map(quoteWord)).toEqual(['plain', "'a b'", "'$x'", "''", "'*'"]);
});

it('binds a value that looks like an option', () => {
  expect(['a', 'a b', '-x', '--help me'].map((value) => quoteOption('--schema', value))).toEqual([
    '--schema a',
    "--schema 'a b'",
    '--schema=-x',
    "'--schema=--help me'",
  ]);
});
