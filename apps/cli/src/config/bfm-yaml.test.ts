import { expect, it } from 'vitest';
import { parseConfiguration, type ConfigDocument } from '@bfm/service';
import { readBfmYaml } from './bfm-yaml.ts';

const SECRET = 'c4n4ry';

function read(text: string): ConfigDocument {
  return readBfmYaml(Buffer.from(text), 'bfm.yaml');
}

/** `line:column message` of each fault; none of them may tell the secret. */
function faultsOf(text: string): readonly string[] {
  const { faults } = read(text);
  expect(JSON.stringify(faults)).not.toContain(SECRET);
  return faults.map(({ where, message }) => {
    expect(where.file).toBe('bfm.yaml');
    return `${where.line ?? 0}:${where.column ?? 0} ${message.replace(/^line \d+ of bfm.yaml /, '')}`;
  });
}

it('reads names and values with their places, by YAML 1.2', () => {
  const { root, faults } = read('a: no\nb:\n  c: 012\n  d: "x # y" # said\ne: true\nf:\n"g h": [1]\n');
  expect(faults).toEqual([]);
  const at = (line: number, column: number): unknown => ({ file: 'bfm.yaml', line, column });
  const scalar = (value: unknown, line: number, column: number): unknown => ({
    kind: 'scalar',
    value,
    where: at(line, column),
  });
  expect(root).toEqual({
    kind: 'mapping',
    where: at(1, 1),
    entries: [
      { key: 'a', where: at(1, 1), value: scalar('no', 1, 4) },
      {
        key: 'b',
        where: at(2, 1),
        value: {
          kind: 'mapping',
          where: at(3, 3),
          entries: [
            { key: 'c', where: at(3, 3), value: scalar(12, 3, 6) },
            { key: 'd', where: at(4, 3), value: scalar('x # y', 4, 6) },
          ],
        },
      },
      { key: 'e', where: at(5, 1), value: scalar(true, 5, 4) },
      { key: 'f', where: at(6, 1), value: scalar(null, 6, 3) },
      { key: 'g h', where: at(7, 1), value: { kind: 'list', where: at(7, 8) } },
    ],
  });
});

it.each(['', '# nothing yet\n', '---\n', '\uFEFF# with a mark\r\n'])(
  'takes %j for a file without settings',
  (text) => {
    expect(read(text)).toEqual({ file: 'bfm.yaml', root: null, faults: [] });
  },
);

it('keeps line numbers with any line ending', () => {
  expect(faultsOf('a: 1\r\nb: 2\r\na: 3\r\n')).toEqual(['3:1 gives a name a second time']);
});

it.each<[string, readonly string[]]>([
  [`a:\n\tb: ${SECRET}\n`, ['2:1 is indented with a tab']],
  [`a: 1\na: ${SECRET}\n`, ['2:1 gives a name a second time']],
  [`a: &x ${SECRET}\nb: *x\n`, ['1:7 holds an anchor', '2:4 holds an alias']],
  [`a: *${SECRET}\n`, ['1:4 holds an alias']],
  [`a: !${SECRET} b\n`, ['1:4 holds a tag']],
  [`a: !!binary ${SECRET}\n`, ['1:13 holds a tag']],
  [`a: @${SECRET}\n`, ['1:4 has a value that begins with a sign YAML keeps for itself']],
  [`a: \`${SECRET}\n`, ['1:4 has a value that begins with a sign YAML keeps for itself']],
  [`a: %${SECRET}\n`, ['1:4 has a value that begins with a sign YAML keeps for itself']],
  [`a: x%${SECRET}\n`, []],
  [`a: ${SECRET}: b\n`, ['1:4 has a second : in a value']],
  [`a: "${SECRET}\n`, ['2:1 ends before something that was opened is closed, or lacks a :']],
  [`a: "${SECRET}\\q"\n`, ['1:11 has a \\ in "double quotes" that begins no escape']],
  [`a: 'b' ${SECRET}\n`, ['1:8 holds something that cannot stand there']],
  [`a: [1, 2\n`, ['2:1 is indented otherwise than its neighbours, or something before it is not closed']],
  [
    `a:\n  b: 1\n ${SECRET}: 2\n`,
    ['3:1 is indented otherwise than its neighbours, or something before it is not closed'],
  ],
  [`? [a]\n: b\n`, ['1:3 holds a name that is not a word']],
  [`a: 1\n---\nb: ${SECRET}\n`, ['2:1 begins a second document']],
  [SECRET, ['1:1 holds no names']],
  [`- ${SECRET}\n`, ['1:1 holds no names']],
  [`url postgres://u:${SECRET}@h/d\n`, ['1:1 holds no names']],
])('refuses %j where it is wrong, and shows nothing of it', (text, expected) => {
  const found = faultsOf(text);
  if (expected.length === 0) expect(found).toEqual([]);
  else expect(found.slice(0, expected.length)).toEqual(expected);
});

it('reads an anchors bomb no deeper than it is written', () => {
  const lines = ['a0: &a0 [lol, lol]'];
  for (let level = 1; level < 40; level++) {
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
  }
  const { faults, root } = read(lines.join('\n'));
  expect(faults.length).toBe(40);
  expect(root?.entries ?? []).toEqual([]);
});

it.each(['['.repeat(10_000), '{a: '.repeat(10_000), `${'- '.repeat(10_000)}x`, `${'? '.repeat(10_000)}x`])(
  'does not fall over endless nesting',
  (text) => {
    expect(read(text).faults.length).toBeGreaterThan(0);
  },
);

it('takes no name for one of its own', () => {
  const document = read('__proto__:\n  polluted: true\nconstructor:\n  prototype: 1\ntoString: 2\n');
  expect(document.root?.entries.map(({ key }) => key)).toEqual(['__proto__', 'constructor', 'toString']);
  const read_ = (): unknown =>
    parseConfiguration({ environment: {}, document, readFile: () => ({ ok: false, reason: '' }) });
  expect(read_).toThrow('there is no setting __proto__');
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
});

it.each<[string, Uint8Array, string]>([
  ['UTF-16', Buffer.from('\uFEFFa: 1', 'utf16le'), 'is not UTF-8'],
  ['Latin-1', Buffer.from('a: \u00e9', 'latin1'), 'is not UTF-8'],
  ['NUL', Buffer.from('a: \0'), 'holds a NUL character'],
  ['a megabyte', Buffer.alloc(2 ** 20 + 1, 'a'), 'is larger than 1 MiB'],
])('refuses %s', (_what, bytes, reason) => {
  expect(readBfmYaml(bytes, 'bfm.yaml').faults[0]?.message).toContain(reason);
});
