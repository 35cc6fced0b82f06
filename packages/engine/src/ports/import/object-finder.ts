import type { SchemaName } from '@bfm/core';
import type { SchemaObject } from './schema-effects.ts';

/** Looks objects up in a store's own catalog. A second interface of a store, for those that can. */
export interface ObjectFinder {
  /**
   * Which of these objects exist, seen from each of these schemas, in one snapshot: a text with `1` or `0` for every
   * object, in the order asked. Objects without a schema are looked up in the schema that it is asked for.
   */
  findObjects(
    objects: readonly SchemaObject[],
    schemas: readonly SchemaName[],
  ): Promise<ReadonlyMap<SchemaName, string>>;
}
