import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundle } from '../../scripts/build/bundle.ts';

const OUTFILE = 'dist/app.cjs';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bfm-bundle-'));
  mkdirSync(join(root, 'node_modules/old-library'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(
    join(root, 'node_modules/old-library/index.js'),
    "module.exports = { sep: require('node:path').posix.sep };",
  );
  writeFileSync(join(root, 'word.ts'), "export const word: string = 'one';\n");
  writeFileSync(
    join(root, 'main.ts'),
    "import old from 'old-library';\nimport { word } from './word.ts';\n\nconsole.log(word + old.sep);\n",
  );
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const build = (force = false): Promise<string> => bundle({ root, entry: 'main.ts', outfile: OUTFILE, force });
const start = (): string =>
  execFileSync(process.execPath, [join(root, OUTFILE)], { encoding: 'utf8' }).trim();

it('makes a file that runs without what it was made of, CommonJS libraries included', async () => {
  expect(await build()).toBe('built');
  for (const gone of ['node_modules', 'main.ts', 'word.ts']) rmSync(join(root, gone), { recursive: true });
  expect(start()).toBe('one/');
  expect(readFileSync(join(root, OUTFILE), 'utf8')).toContain('//# sourceMappingURL=app.cjs.map');
});

it('loads what is slow and seldom needed when it is needed', async () => {
  mkdirSync(join(root, 'node_modules/string-width'));
  writeFileSync(
    join(root, 'node_modules/string-width/package.json'),
    '{"type":"module","exports":"./index.js"}',
  );
  const library = "console.log('loaded');\nexport default (text) => text.length;";
  writeFileSync(join(root, 'node_modules/string-width/index.js'), library);
  const main =
    "import width from 'string-width';\nconsole.log('first');\nconsole.log(width('abc'), width('abcd'));";
  writeFileSync(join(root, 'main.ts'), main);
  await build();
  expect(start()).toBe('first\nloaded\n3 4');
});

it('puts what few starts need into a file of its own', async () => {
  mkdirSync(join(root, 'node_modules/yaml'));
  writeFileSync(join(root, 'node_modules/yaml/index.js'), 'exports.parse = (text) => text.toUpperCase();');
  writeFileSync(join(root, 'main.ts'), "import { parse } from 'yaml';\nconsole.log(parse('abc'));");
  await build();
  rmSync(join(root, 'node_modules'), { recursive: true });
  expect(start()).toBe('ABC');
  expect(readFileSync(join(root, OUTFILE), 'utf8')).not.toContain('toUpperCase');
});

it('refuses what the launcher could not read', async () => {
  writeFileSync(join(root, 'main.ts'), 'console.log(/\u00df/.source);');
  await expect(build()).rejects.toThrow('not all ASCII');
});

it('does nothing when nothing changed, unless told to', async () => {
  await build();
  const before = statSync(join(root, OUTFILE)).mtimeMs;
  expect(await build()).toBe('unchanged');
  expect(statSync(join(root, OUTFILE)).mtimeMs).toBe(before);
  expect(await build(true)).toBe('built');
});

it.each([
  ['an imported file', 'word.ts', "export const word = 'two';\n"],
  ['a library', 'node_modules/old-library/index.js', "module.exports = { sep: ':' };"],
  ['the lockfile', 'package-lock.json', '{ }'],
])('builds again when %s changed', async (_what, file, text) => {
  await build();
  writeFileSync(join(root, file), text);
  expect(await build()).toBe('built');
  expect(await build()).toBe('unchanged');
});

it('builds again when its output is gone', async () => {
  await build();
  rmSync(join(root, OUTFILE));
  expect(await build()).toBe('built');
});

it('leaves the last good bundle alone when the source is broken', async () => {
  await build();
  writeFileSync(join(root, 'main.ts'), "import './nowhere.ts';\n");
  await expect(bundle({ root, entry: 'main.ts', outfile: OUTFILE, force: false })).rejects.toThrow('nowhere');
  expect(start()).toBe('one/');
});
