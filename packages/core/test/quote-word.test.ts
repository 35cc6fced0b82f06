import { quoteWord } from '@bfm/core';
import { expect, it } from 'vitest';

it('quotes what a shell would take apart', () => {
  expect(['plain', 'a b', '$x', '', '*'].map(quoteWord)).toEqual(['plain', "'a b'", "'$x'", "''", "'*'"]);
});
