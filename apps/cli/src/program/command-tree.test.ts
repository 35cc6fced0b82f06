import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandSpec, LeafSpec } from './command-spec.ts';
import { COMMANDS, FOREIGN_WORDS } from './command-tree.ts';
import { addGlobalOptions } from './global-options.ts';

const LEAVES = COMMANDS.flatMap((spec) => leavesOf(spec, ['bfm', spec.name]));

function leavesOf(spec: CommandSpec, path: readonly string[]): readonly (readonly [string, LeafSpec])[] {
  if (!('subcommands' in spec)) return [[path.join(' '), spec]];
  return spec.subcommands.flatMap((each) => leavesOf(each, [...path, each.name]));
}

/** Words as a shell makes them; enough for examples. */
function toWords(text: string): readonly string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

/** Parses the words after a command's name; throws for what it does not take. */
function parse(spec: LeafSpec, words: readonly string[]): void {
  const command = addGlobalOptions(new Command(spec.name)).exitOverride();
  command.configureOutput({ outputError: () => undefined });
  spec.addOptions(command);
  command.parse(words, { from: 'user' });
}

describe.each(LEAVES)('%s', (name, spec) => {
  it('has examples, and takes each of them', () => {
    expect(spec.examples.length).toBeGreaterThan(0);
    for (const [commandLine, meaning] of spec.examples) {
      expect(commandLine).toMatch(new RegExp(`^${name}( |$)`));
      expect(meaning).not.toBe('');
      parse(spec, toWords(commandLine.slice(name.length).replace(/ >.*/, '')));
    }
  });

  it('has a sentence for itself and a meaning for every option', () => {
    const command = new Command(spec.name);
    spec.addOptions(command);
    expect(spec.summary).toMatch(/^[A-Z].*\.$/);
    for (const { flags, description, helpGroupHeading } of command.options) {
      expect([flags, description !== '', helpGroupHeading !== undefined]).toEqual([flags, true, true]);
    }
  });
});

it('translates words of other tools to commands there are', () => {
  const names = COMMANDS.map(({ name }) => name);
  for (const [word, name] of Object.entries(FOREIGN_WORDS)) {
    expect(names).not.toContain(word);
    expect([...names, '--version']).toContain(name);
  }
});
