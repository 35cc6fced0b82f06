import type { Definitions } from './definition.ts';

/** The names that bfm.yaml may hold at one place: `null` is a single value, otherwise what may be below it. */
export type KeyTree = ReadonlyMap<string, KeyTree | null>;

/** Makes the tree of names that some definitions have in bfm.yaml, those of secrets also with `_file`. */
export function toKeyTree(definitions: Definitions): KeyTree {
  const tree = new Map<string, KeyTree | null>();
  for (const { key, secret } of Object.values(definitions)) {
    if (key === null) continue;
    addKey(tree, key.split('.'));
    if (secret) addKey(tree, `${key}_file`.split('.'));
  }
  return tree;
}

function addKey(tree: Map<string, KeyTree | null>, [first = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) {
    tree.set(first, null);
    return;
  }
  const below = new Map(tree.get(first) ?? []);
  addKey(below, rest);
  tree.set(first, below);
}

/** The path to a name somewhere in a tree, such as `pool.max_connections`; `null` when it is nowhere. */
export function findKeyPath(tree: KeyTree, name: string): string | null {
  for (const [key, below] of tree) {
    if (key === name) return key;
    const found = below === null ? null : findKeyPath(below, name);
    if (found !== null) return `${key}.${found}`;
  }
  return null;
}
