import { execFile } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExpectations } from './expectations.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(import.meta.dirname, 'fixtures/boundaries');
const LIBRARIES = { 'listed-library': 'listed', 'dev-library': 'dev', 'unlisted-library': 'unlisted' };

interface Cruise {
  /** Every rule there is. */
  readonly rules: readonly string[];
  /** File -> the rules it breaks. */
  readonly broken: ReadonlyMap<string, readonly string[]>;
}

/** Runs the project's own rules over a tree. */
async function cruise(cwd: string): Promise<Cruise> {
  const cli = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const rules = join(ROOT, '.dependency-cruiser.mjs');
  const output = await new Promise<string>((resolve, reject) => {
    const args = [cli, '--config', rules, '--output-type', 'json', 'packages', 'apps'];
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(stdout);
      else reject(new Error(stderr, { cause: error }));
    });
  });
  const { summary } = JSON.parse(output) as ICruiseResult;
  const byFile = Map.groupBy(summary.violations, ({ from }) => from);
  return {
    rules: (summary.ruleSetUsed?.forbidden ?? []).map(({ name }) => name ?? '').sort(),
    broken: new Map(
      [...byFile].map(([file, all]) => [file, [...new Set(all.map(({ rule }) => rule.name))].sort()]),
    ),
  };
}

/** Tests among the fixtures carry a suffix, so that no runner takes them for tests of this project. */
function withoutSuffix(file: string): string {
  return file.replace(/\.fixture$/, '');
}

/** Makes a checkout of the fixtures with linked workspaces and libraries, as npm would have installed them. */
function plantFixtures(): string {
  const tree = mkdtempSync(join(tmpdir(), 'bfm-boundaries-'));
  cpSync(FIXTURES, tree, { recursive: true });
  cpSync(join(ROOT, 'tsconfig.base.json'), join(tree, 'tsconfig.base.json'));
  for (const file of globSync('**/*.fixture', { cwd: tree })) {
    renameSync(join(tree, file), join(tree, withoutSuffix(file)));
  }
  mkdirSync(join(tree, 'node_modules/@bfm'), { recursive: true });
  for (const folder of globSync('packages/*', { cwd: tree })) {
    symlinkSync(join(tree, folder), join(tree, 'node_modules/@bfm', folder.slice('packages/'.length)));
  }
  for (const [name, exported] of Object.entries(LIBRARIES)) {
    const folder = join(tree, 'node_modules', name);
    mkdirSync(folder);
    const description = { name, version: '1.0.0', type: 'module', exports: './index.js' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
    writeFileSync(join(folder, 'index.js'), `export const ${exported} = 1;\n`);
  }
  return tree;
}

describe('the boundary rules', () => {
  const files = globSync('{packages,apps}/**/*.{ts,fixture}', { cwd: FIXTURES }).sort();
  const expected = new Map(
    files.map((file) => [
      withoutSuffix(file),
      readExpectations(join(FIXTURES, file)).flatMap(({ rules }) => rules),
    ]),
  );
  let tree: string;
  let found: Cruise;

  beforeAll(async () => {
    tree = plantFixtures();
    found = await cruise(tree);
  }, 60_000);

  afterAll(() => {
    rmSync(tree, { recursive: true });
  });

  it.each(files)('find exactly what is marked in %s', (file) => {
    const path = withoutSuffix(file);
    expect(found.broken.get(path) ?? []).toEqual(expected.get(path));
  });

  it('each have a fixture that breaks them', () => {
    expect([...new Set([...expected.values()].flat())].sort()).toEqual(found.rules);
  });

  it('are silent on the real tree', { timeout: 60_000 }, async () => {
    expect((await cruise(ROOT)).broken).toEqual(new Map());
  });
});
