import { expect, it } from 'vitest';
import { findMachineWords } from '../../scripts/check/machine-paths.ts';

// Joined here, so that this file holds none of what it tests for.
const PATH = ['', 'work', 'main'].join('/');
const HOST = ['registry', 'npmjs', 'org'].join('.');

it.each([
  ['docs/a.md', `first\nsee ${PATH}/x`, 'docs/a.md:2: a path of one machine'],
  ['docs/a.md', `from https://${HOST}/pg`, "docs/a.md:1: a package registry's address"],
  [
    'package-lock.json',
    '{\n"resolved": "https://example.com/pg.tgz"',
    'package-lock.json:2: a download address',
  ],
  ['apps/x/.npmrc', 'save-exact=true\nregistry=x', 'apps/x/.npmrc:2: a registry setting'],
])('refuses in %s: %j', (file, text, start) => {
  const [found = ''] = findMachineWords(file, text);
  expect(found.slice(0, start.length)).toBe(start);
});

it.each([
  ['docs/a.md', 'the framework/ folder, a registry.get(name) call, "resolved": "https://example.com"'],
  ['package-lock.json', '"resolved": "packages/core"'],
  ['.npmrc', 'save-exact=true'],
])('accepts in %s: %j', (file, text) => {
  expect(findMachineWords(file, text)).toEqual([]);
});
