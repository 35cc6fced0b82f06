import { escapeJson } from './escape.ts';
import { withPlacesInJson } from './given-places.ts';

/** Written at once: fewer and longer writes are faster, and this is no burden on memory. */
const CHUNK_LENGTH = 65_536;

/**
 * A document as `JSON.stringify(document, null, 2)` would write it, a piece at a time. Lists at its top level, such as the
 * steps of a run, are made item by item, so that their length costs no memory. What cannot be seen, or would turn a line about, is written as `\\uXXXX`.
 */
export function* jsonText(document: Readonly<Record<string, unknown>>): Generator<string> {
  let chunk = '';
  for (const piece of piecesOf(document)) {
    chunk += piece;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield escapeJson(chunk);
    chunk = '';
  }
  yield escapeJson(chunk);
}

function* piecesOf(document: Readonly<Record<string, unknown>>): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    yield `${separator}\n  ${JSON.stringify(key)}: `;
    separator = ',';
    if (isList(value)) yield* listPieces(value);
    else yield indented(value, '  ');
  }
  yield separator === '{' ? '{}' : '\n}';
}

function* listPieces(list: Iterable<unknown>): Generator<string> {
  let separator = '[';
  for (const item of list) {
    yield `${separator}\n    ${indented(item, '    ')}`;
    separator = ',';
  }
  yield separator === '[' ? '[]' : '\n  ]';
}

/** What is not a JSON value becomes `null`, as it does inside an array. */
function indented(value: unknown, indent: string): string {
  const text = JSON.stringify(value, withPlacesInJson, 2) as string | undefined;
  return text === undefined ? 'null' : text.replaceAll('\n', `\n${indent}`);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
