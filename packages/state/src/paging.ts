import { BfmError } from '@bfm/core';
import type { PageRequest, StatePage } from '@bfm/engine';

const LIMIT_MAX = 1_000;

/** What a page is asked of the database with: one row more than wanted tells whether there are more. */
export interface PageCut {
  readonly limit: number;
  /** The key of the last entry seen; as many `null` as it has parts when there is none. */
  readonly after: readonly (string | null)[];
}

/** Reads a page's request. @throws {request.invalid} */
export function parsePage({ limit, after }: PageRequest, parts: number): PageCut {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw refuse(`a page has 1 to ${LIMIT_MAX} entries, not ${limit}`);
  }
  if (after === null) return { limit: limit + 1, after: Array.from({ length: parts }, () => null) };
  return { limit: limit + 1, after: readCursor(after, parts) };
}

/** Makes a page of the rows that were found. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  { limit }: PageCut,
  present: { readonly item: (row: Row) => Item; readonly key: (row: Row) => readonly string[] },
): StatePage<Item> {
  const shown = rows.slice(0, limit - 1);
  const last = shown.at(-1);
  const next = rows.length < limit || last === undefined ? null : writeCursor(present.key(last));
  return { items: shown.map(present.item), next };
}

function writeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(text: string, parts: number): readonly string[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    key = null;
  }
  const isKey = Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string');
  if (!isKey) throw refuse('the place from which a list is to go on is none that BFM gave');
  return key as readonly string[];
}

function refuse(message: string): BfmError {
  return new BfmError('request.invalid', { message, next: 'ask for the list from its beginning' });
}
