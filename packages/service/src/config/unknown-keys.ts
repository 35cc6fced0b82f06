import { didYouMean, type Fault } from '@bfm/core';
import type { ConfigEntry, ConfigMapping } from './config-tree.ts';
import { findKeyPath, type KeyTree } from './key-tree.ts';

/** What a name looks like; anything else may be a value that slipped to the left of the colon, and is not shown. */
const SHOWABLE = /^[A-Za-z_][A-Za-z0-9_-]{0,40}$/;

/**
 * Finds names that bfm.yaml cannot have at their place, and places where something should be below a name and is not.
 *
 * @param path where the mapping stands, with a dot behind it, or nothing for the top
 * @param whole the tree to look through for where a misplaced name belongs
 */
export function findUnknownKeys(
  mapping: ConfigMapping,
  tree: KeyTree,
  { path, whole }: { readonly path: string; readonly whole: KeyTree },
): readonly Fault[] {
  return mapping.entries.flatMap((entry) => {
    const below = tree.get(entry.key);
    if (below === undefined) return [unknownKey(entry, tree, { path, whole })];
    if (below === null) return [];
    const { value } = entry;
    if (value.kind === 'mapping') {
      return findUnknownKeys(value, below, { path: `${path}${entry.key}.`, whole });
    }
    const names = [...below.keys()];
    return [
      {
        code: 'config.invalid',
        message: `${path}${entry.key} is not usable: names belong below it, and there are none`,
        where: value.where,
        mend: `write below it, indented, some of ${names.join(', ')}`,
      },
    ];
  });
}

function unknownKey(
  { key, where }: ConfigEntry,
  tree: KeyTree,
  { path, whole }: { readonly path: string; readonly whole: KeyTree },
): Fault {
  const names = [...tree.keys()];
  const home = findKeyPath(whole, key);
  const hint = home === null ? didYouMean(key, names) : `; it belongs to ${home}`;
  return {
    code: 'config.invalid',
    message: SHOWABLE.test(key)
      ? `there is no setting ${path}${key}${hint}`
      : `${path === '' ? 'the top of the file' : path.slice(0, -1)} has a name that is no setting`,
    where,
    mend: `names known there are ${names.join(', ')}`,
  };
}
