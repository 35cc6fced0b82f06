import type { PageRequest } from '@bfm/engine';
import type { JsonSchema } from '../../http/route.ts';
import { list, nullable, object, TEXT } from '../schema-parts.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1_000;

/** Which part of a list is wanted, beside filters. */
export const PAGE_QUERY = {
  'limit?': { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT },
  'after?': { ...TEXT, minLength: 1, maxLength: 1_024 },
} satisfies Readonly<Record<string, JsonSchema>>;

/** The query of a list; what is not named is refused. */
export function pageQuery(filters: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return object({ ...filters, ...PAGE_QUERY }, { additionalProperties: false });
}

/** The answer of a list. */
export function pageOf(items: JsonSchema): JsonSchema {
  return object({ items: list(items), next: nullable(TEXT) });
}

/** Reads which part is wanted; a query holds texts. */
export function readPage(query: unknown): PageRequest {
  const { limit = LIMIT_DEFAULT, after = null } = query as {
    readonly limit?: unknown;
    readonly after?: string;
  };
  return { limit: Number(limit), after };
}
