import type { JsonSchema } from '../http/route.ts';

/** A text. */
export const TEXT: JsonSchema = { type: 'string' };
/** A list of texts. */
export const TEXTS: JsonSchema = { type: 'array', items: TEXT };
/** Yes or no. */
export const FLAG: JsonSchema = { type: 'boolean' };
/** A whole number. */
export const COUNT: JsonSchema = { type: 'integer' };
/** A moment, RFC 3339 in UTC. */
export const TIME: JsonSchema = { type: 'string', format: 'date-time' };

/** An object; a name that ends in `?` may be missing. */
export function object(properties: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}): JsonSchema {
  const names = Object.keys(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), properties[name]])),
    required: names.filter((name) => !name.endsWith('?')),
    ...more,
  };
}

/** A list. */
export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** One of these texts. */
export function oneOf(...words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words };
}

/** The same, or `null`. */
export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** An error of BFM v1. */
export const V1_ERROR: JsonSchema = object({ error: TEXT });

/** An error of the newer routes. */
export const ERROR: JsonSchema = object({
  error: object({ code: TEXT, message: TEXT, details: { type: 'object' }, next: nullable(TEXT) }),
});
