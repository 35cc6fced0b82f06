import { isBfmError } from '@bfm/core';
import { expect, it } from 'vitest';
import { parseEnvFile } from './env-file.ts';

it('reads names and values, quoted or not', () => {
  const text = [
    '\uFEFF# connections',
    '',
    'A=1',
    'export B = two words # said twice',
    "C='kept \\n $A # as it is'",
    'D="line\\nbreak, \\"quoted\\", \\$A" # comment',
    'E=',
    'F=postgres://u:p#1@host/db',
    '  G=x=y  ',
    'H=""',
  ].join('\r\n');
  expect(parseEnvFile(text, 'f')).toEqual({
    A: '1',
    B: 'two words',
    C: 'kept \\n $A # as it is',
    D: 'line\nbreak, "quoted", $A',
    E: '',
    F: 'postgres://u:p#1@host/db',
    G: 'x=y',
    H: '',
  });
});

it('names every faulty line, and shows none of their values', () => {
  const text = "A=1\nCORE_PASSWORD\n2X=secret1\nB=\"secret2\nC='secret3' secret4\nexport D\n";
  let thrown: unknown;
  try {
    parseEnvFile(text, 'my.env');
  } catch (error) {
    thrown = error;
  }
  if (!isBfmError(thrown)) throw new Error('no BfmError was thrown');
  expect(thrown.code).toBe('config.invalid');
  expect(thrown.details.faults?.map(({ where }) => `${where.file ?? ''}:${where.line ?? 0}`)).toEqual([
    'my.env:2',
    'my.env:3',
    'my.env:4',
    'my.env:5',
    'my.env:6',
  ]);
  expect(JSON.stringify(thrown.details) + thrown.message).not.toContain('secret');
});

it('lets the last of several lines win, as a shell does', () => {
  expect(parseEnvFile('A=1\nA=2', 'f')).toEqual({ A: '2' });
});
