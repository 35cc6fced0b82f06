import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/**
 * What each workspace may depend on, straight from DESIGN.md 3. This needs no tool but a JSON parser: if it and
 * .dependency-cruiser.mjs disagree, one of them was changed without thinking.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  engine: ['core'],
  source: ['core', 'engine'],
  postgresql: ['core', 'engine'],
  locks: ['core', 'engine'],
  state: ['core', 'engine'],
  service: ['core', 'engine'],
  runtime: ['core', 'engine', 'source', 'postgresql', 'locks', 'service'],
  contract: [],
  client: [],
  embedded: [],
  testing: ['core', 'embedded', 'engine'],
  cli: ['client', 'core', 'engine', 'source', 'postgresql', 'service', 'runtime', 'server'],
  server: ['core', 'contract', 'engine', 'service', 'runtime', 'state'],
};
const KINDS = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

type Manifest = { readonly name: string } & Partial<Record<(typeof KINDS)[number], Record<string, string>>>;

function findWrongArrows(manifests: readonly Manifest[]): readonly string[] {
  return manifests.flatMap((manifest) => {
    const from = manifest.name.replace('@bfm/', '');
    const allowed = ARROWS[from];
    if (allowed === undefined) return [`${from} is not in the table`];
    const named = KINDS.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
    const own = named.filter((name) => name.startsWith('@bfm/')).map((name) => name.slice('@bfm/'.length));
    const libraries = from === 'core' && named.length > own.length ? ['core -> a library'] : [];
    return [...own.filter((to) => !allowed.includes(to)).map((to) => `${from} -> ${to}`), ...libraries];
  });
}

it('finds no arrow in any package.json that the design does not have', () => {
  const root = join(import.meta.dirname, '../..');
  const paths = globSync('{packages,apps}/*/package.json', { cwd: root });
  const manifests = paths.map((path) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest);
  expect(manifests.length).toBeGreaterThanOrEqual(Object.keys(ARROWS).length);
  expect(findWrongArrows(manifests)).toEqual([]);
});

it('finds the wrong arrows of manifests made to be wrong', () => {
  const wrong: readonly Manifest[] = [
    { name: '@bfm/core', dependencies: { '@bfm/engine': '0.1.0', zod: '4.0.0' } },
    { name: '@bfm/source', optionalDependencies: { '@bfm/postgresql': '0.1.0' } },
    { name: '@bfm/service', peerDependencies: { '@bfm/source': '0.1.0', '@bfm/core': '0.1.0' } },
    { name: '@bfm/surprise' },
  ];
  expect(findWrongArrows(wrong)).toEqual([
    'core -> engine',
    'core -> a library',
    'source -> postgresql',
    'service -> source',
    'surprise is not in the table',
  ]);
});
