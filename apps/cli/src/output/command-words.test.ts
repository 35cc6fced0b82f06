import { expect, it } from 'vitest';
import { toPieces } from './command-words.ts';
import { COMMANDS } from '../program/command-tree.ts';
import { wrap } from './fit.ts';
import { VERBS } from './verbs.ts';

it('knows every command', () => {
  expect([...VERBS]).toEqual([...COMMANDS.map(({ name }) => name), 'help'].sort());
});

const commandsIn = (text: string): readonly string[] =>
  toPieces(text)
    .filter(({ isCommand }) => isCommand)
    .map((piece) => piece.text);

it.each([
  [
    'accept it: bfm repair accept-checksum --migration a_b --reason WHY',
    'bfm repair accept-checksum --migration a_b --reason WHY',
  ],
  ["bfm plan --schema 'a b' --all-tenants and look", "bfm plan --schema 'a b' --all-tenants"],
  ["give bfm plan '--schema=a b'", 'bfm plan'],
  ["x: bfm up --schema='a b c', then", "bfm up --schema='a b c',"],
  ['bfm history tells who', 'bfm history'],
  ['put bfm completion bash >> ~/.bashrc there', 'bfm completion bash >> ~/.bashrc'],
  [
    'one (bfm repair forget-target old/shop new/shop --reason WHY), or',
    '(bfm repair forget-target old/shop new/shop --reason WHY),',
  ],
  [
    'type npx bfm baseline --to 20250101000000 --dry-run first',
    'npx bfm baseline --to 20250101000000 --dry-run',
  ],
  ['run node apps/cli/bin/bfm.cjs up --yes now', 'node apps/cli/bin/bfm.cjs up --yes'],
])('finds the command in %j', (text, command) => {
  expect(commandsIn(text)).toEqual([command]);
  expect(
    toPieces(text)
      .map((piece) => piece.text)
      .join(' '),
  ).toBe(text);
});

it('finds none where there is none, and keeps an option with its value', () => {
  expect(commandsIn('bfm needs more; a bfm. of npx things')).toEqual([]);
  expect(toPieces('or pass --env-file FILE now').map(({ text }) => text)).toContain('--env-file FILE');
});

it('gives a command that has no room behind the text a line of its own, however long it is', () => {
  const command =
    'bfm repair mark-applied --connection organization --schema acme --migration create_orders --reason WHY';
  expect(wrap(`restore the file, or: ${command} (and so on)`, 40)).toEqual([
    'restore the file, or:',
    command,
    '(and so on)',
  ]);
  expect(wrap('bfm plan shows it all', 40)).toEqual(['bfm plan shows it all']);
});
