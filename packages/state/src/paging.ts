import { BfmError } from '@bfm/core';
import type { PageRequest, StatePage } from '@bfm/engine';

const LIMIT_MAX = 1_000;

/** What a page is asked of the database with: one row more than wanted tells whether there are more. */
export interface PageCut {
  readonly limit: number;
  /** The key of the last entry seen; as many `null` as it has parts when there is none. */
  readonly after: readonly (string | null)[];
}

/** What a part of a cursor is; whatever else comes in its place was made up. */
export type CursorPart = 'time' | 'run' | 'integer' | 'bigint' | 'text';

/** Reads a page's request. @throws {request.invalid} */
export function parsePage({ limit, after }: PageRequest, parts: readonly CursorPart[]): PageCut {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw refuse(`a page has 1 to ${LIMIT_MAX} entries, not ${limit}`);
  }
  if (after === null) return { limit: limit + 1, after: parts.map(() => null) };
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

function readCursor(text: string, parts: readonly CursorPart[]): readonly string[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    key = null;
  }
  if (isKey(key, parts)) return key;
  throw refuse('the place from which a list is to go on is none that BFM gave');
}

function isKey(key: unknown, parts: readonly CursorPart[]): key is readonly string[] {
  if (!Array.isArray(key) || key.length !== parts.length) return false;
  return parts.every((part, index) => {
    const value: unknown = key[index];
    return typeof value === 'string' && IS_PART[part](value);
  });
}

const BIGINT_MAX = 2n ** 63n - 1n;
const INTEGER_MAX = 2n ** 31n - 1n;

const IS_PART: Readonly<Record<CursorPart, (text: string) => boolean>> = {
  time: isTime,
  run: isRunId,
  integer: (text) => isUpTo(INTEGER_MAX, text),
  bigint: (text) => isUpTo(BIGINT_MAX, text),
  // The one character that PostgreSQL cannot have in a text.
  text: (text) => !text.includes('\0'),
};

/** As the database gave it; a day that no month has would be an error of the database. */
function isTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19);
}

function isUpTo(most: bigint, text: string): boolean {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= most;
}

/** Tells whether a text can be the id of a run. */
export function isRunId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Makes sure of a count that somebody gave. @throws {request.invalid} */
export function requireCount(count: number, least: number): void {
  if (Number.isSafeInteger(count) && count >= least) return;
  throw new BfmError('request.invalid', {
    message: `a list goes on from a whole number, ${least} or more; that was ${count}`,
    next: 'give the number of the last entry that you have seen; 0 begins at the beginning',
  });
}

function refuse(message: string): BfmError {
  return new BfmError('request.invalid', { message, next: 'ask for the list from its beginning' });
}
