import { expect, it } from 'vitest';
import { buildProgram } from '../program/build-program.ts';
import { COMMANDS } from '../program/command-tree.ts';
import { shortHelp } from '../program/show-help.ts';
import { displayWidth } from './fit.ts';
import type { Look } from './look.ts';
import { createPaint } from './paint.ts';
import { createSymbols } from './symbols.ts';

const PATHS = COMMANDS.flatMap((spec) => [
  [spec.name],
  ...('subcommands' in spec ? spec.subcommands.map(({ name }) => [spec.name, name]) : []),
]);

function lookOf(width: number): Look {
  return { width, paint: createPaint(false), symbols: createSymbols(true), program: 'bfm' };
}

/** What `bfm ... --help` prints. */
async function helpOf(path: readonly string[], width: number): Promise<string> {
  let text = '';
  const program = buildProgram({
    invocation: { exitCode: 0, sourceRoot: null },
    look: () => lookOf(width),
    write: (part) => {
      text += part;
    },
    only: path[0],
  });
  await expect(program.parseAsync([...path, '--help'], { from: 'user' })).rejects.toThrow('outputHelp');
  return text;
}

it.each([[[]], ...PATHS.map((path) => [path])])('shows the help of %j in 80 columns', async (path) => {
  const text = await helpOf(path, 80);
  // What it says is checked with docs/reference/cli.md, which is made from the same.
  expect(text).toMatch(/^Usage: bfm/);
  expect(text).toContain('\nEverywhere:\n');
  expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  const widest = (await helpOf(path, 200)).split('\n').map(displayWidth);
  expect(Math.max(...widest)).toBeLessThanOrEqual(110);
});

it('shows in a page what a bare bfm says', () => {
  const lines = shortHelp(lookOf(80));
  for (const { name } of COMMANDS) expect(lines.join('\n')).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'm'));
  expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
  expect(lines.length).toBeLessThan(45);
});

it('says the same on a narrow terminal', async () => {
  const text = await helpOf(['up'], 40);
  expect(text.replace(/\s+/g, ' ')).toBe((await helpOf(['up'], 80)).replace(/\s+/g, ' '));
});
