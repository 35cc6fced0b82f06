import type { Where } from '@bfm/core';
import type { Scalar } from './value-types.ts';

/** What bfm.yaml holds, as it was written: the reading of YAML is over, that of settings has not begun. */
export type ConfigNode = ConfigMapping | ConfigScalar | ConfigList;

/** Names with something below each, in the order of the file. */
export interface ConfigMapping {
  readonly kind: 'mapping';
  readonly where: Where;
  readonly entries: readonly ConfigEntry[];
}

/** One name and what is below it. */
export interface ConfigEntry {
  readonly key: string;
  /** Where the name stands. */
  readonly where: Where;
  readonly value: ConfigNode;
}

/** A single value; `null`: nothing was written. */
export interface ConfigScalar {
  readonly kind: 'scalar';
  readonly where: Where;
  readonly value: Scalar | null;
}

/** A list, which no setting takes. */
export interface ConfigList {
  readonly kind: 'list';
  readonly where: Where;
}

/** What is below a name; `null` when it is not there. */
export function findEntry(mapping: ConfigMapping, key: string): ConfigEntry | null {
  return mapping.entries.find((entry) => entry.key === key) ?? null;
}

/** What is at a path such as `pool.max_connections`; `null` when it is not there. */
export function findAt(mapping: ConfigMapping, path: string): ConfigEntry | null {
  const [first = '', ...rest] = path.split('.');
  const entry = findEntry(mapping, first);
  if (entry === null || rest.length === 0) return entry;
  return entry.value.kind === 'mapping' ? findAt(entry.value, rest.join('.')) : null;
}
