import {
  advance,
  countCharacters,
  indexOfCharacter,
  quoteIdentifier,
  type Place,
  type Statement,
} from '@bfm/core';
import type { PlaceholderName, PlaceholderValues } from './render-statement.ts';

// As `renderStatement` and `renderBatch` find them.
const FILLED = /\{\{\.(connection|schema|backend|version)\}\}|(?<!:):batch(?![A-Za-z0-9_$\u0080-\uffff])/gi;

/** What a statement's placeholders were filled with before it was sent. */
export interface FilledWith {
  readonly values: PlaceholderValues;
  /** `null`: no backfill, `:batch` stands for itself. */
  readonly batchSize: number | null;
}

/**
 * Where in its file a character of a statement stands that was sent with its placeholders filled: they are longer or
 * shorter there. One inside of a filled placeholder is at the placeholder.
 *
 * @param character 0-based, in code points of what was sent
 */
export function placeInSource(statement: Statement, character: number, filled: FilledWith): Place {
  const index = indexInSource(statement.text, character, filled);
  return advance({ line: statement.line, column: statement.column }, statement.text.slice(0, index));
}

function indexInSource(text: string, character: number, filled: FilledWith): number {
  let left = character;
  let from = 0;
  for (const match of text.matchAll(FILLED)) {
    const before = text.slice(from, match.index);
    const plain = indexOfCharacter(before, left);
    if (plain < before.length) return from + plain;
    left -= countCharacters(before) + countCharacters(filling(match, filled));
    if (left < 0) return match.index;
    from = match.index + match[0].length;
  }
  return from + indexOfCharacter(text.slice(from), left);
}

function filling([whole, word]: RegExpExecArray, { values, batchSize }: FilledWith): string {
  if (word === undefined) return batchSize === null || whole !== ':batch' ? whole : String(batchSize);
  return quoteIdentifier(values[word.toLowerCase() as PlaceholderName]);
}
