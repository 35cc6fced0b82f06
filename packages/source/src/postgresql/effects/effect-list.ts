import type { SchemaEffect, SchemaObject } from '@bfm/engine';

/** An object is there afterwards. */
export function make(object: SchemaObject | null): readonly SchemaEffect[] {
  return object === null ? [] : [{ does: 'make', object, part: false }];
}

/** The same of one that came with something larger. */
export function makePart(object: SchemaObject): SchemaEffect {
  return { does: 'make', object, part: true };
}

/** An object is gone afterwards. */
export function drop(object: SchemaObject, behavior: unknown): SchemaEffect {
  return { does: 'drop', object, cascade: behavior === 'DROP_CASCADE' };
}

/** Nobody can tell what becomes of it. */
export function blur(object: SchemaObject): SchemaEffect {
  return { does: 'blur', object };
}
