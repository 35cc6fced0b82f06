import { setFlagsFromString } from 'node:v8';
import type * as LibPgQuery from 'libpg-query';
import { BfmError, indexOfCharacter } from '@bfm/core';
import { isTreeNode, nodeIn, nodesIn, type TreeNode } from './parse-tree.ts';

/** A statement as the parser found it. */
export interface ParsedStatement {
  readonly node: TreeNode;
  /** UTF-16 range that holds the statement, and perhaps comments round it, but not its semicolon. */
  readonly start: number;
  readonly end: number;
}

/** What parsing gives: the statements, or the first thing the parser could not read. */
export type ParseResult =
  | { readonly ok: true; readonly statements: readonly ParsedStatement[] }
  | { readonly ok: false; readonly message: string; readonly index: number };

let parser: typeof LibPgQuery | null = null;

/**
 * Loads PostgreSQL's parser, once per process. Not at import: most commands have nothing to parse.
 *
 * @throws {machine.too_small} when there is no memory for it
 */
export async function loadParser(): Promise<void> {
  // V8 compiles the parser's 2 MB of WebAssembly a second time, optimised, in the background: 600 MiB at the peak and
  // half a second of CPU for code that then runs for milliseconds (measured, docs/performance.md). Both are needed.
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  const library = await import('libpg-query');
  await library.loadModule().catch((error: unknown) => {
    throw tooSmall(error);
  });
  parser = library;
}

/** WebAssembly wants addresses for gigabytes, which it never uses. */
function tooSmall(error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  if (!/out of memory/i.test(text)) return error;
  return new BfmError('machine.too_small', {
    message: 'there is no memory for the parser of SQL; nothing was read or changed',
    next: 'let the process have more memory (ulimit -v: 8 GiB of addresses or more), then run the same command again',
    cause: error,
  });
}

/**
 * Parses SQL with PostgreSQL's own grammar. Never throws for any text.
 *
 * @throws Error when {@link loadParser} has not run
 */
export function parseSql(text: string): ParseResult {
  if (parser === null) throw new Error('the parser is not loaded');
  const { parseSync, hasSqlDetails } = parser;
  // The parser takes a C string: it would read up to a NUL and call that the whole.
  const nul = text.indexOf('\0');
  if (nul >= 0) return { ok: false, message: 'NUL character', index: nul };
  if (text.trim() === '') return { ok: true, statements: [] };
  try {
    const tree: unknown = parseSync(text);
    return { ok: true, statements: isTreeNode(tree) ? toStatements(text, nodesIn(tree, 'stmts')) : [] };
  } catch (error) {
    if (!hasSqlDetails(error) || error.sqlDetails === undefined) {
      return { ok: false, message: 'the parser gave up on this text', index: 0 };
    }
    const { message, cursorPosition } = error.sqlDetails;
    return { ok: false, message, index: indexOfCharacter(text, cursorPosition) };
  }
}

/** The parser counts in bytes of UTF-8, strings in UTF-16 units. */
function toStatements(text: string, raw: readonly TreeNode[]): ParsedStatement[] {
  const toIndex = createByteToIndex(text);
  return raw.map((statement) => {
    const from = numberIn(statement, 'stmt_location');
    const length = numberIn(statement, 'stmt_len');
    const start = toIndex(from);
    return {
      node: nodeIn(statement, 'stmt'),
      start,
      end: length === 0 ? text.length : toIndex(from + length),
    };
  });
}

/** The protobuf leaves a zero out. */
function numberIn(node: TreeNode, key: string): number {
  const value = node[key];
  return typeof value === 'number' ? value : 0;
}

/** Turns byte offsets that only grow into UTF-16 indexes; reads every byte once. */
function createByteToIndex(text: string): (bytes: number) => number {
  const buffer = Buffer.from(text, 'utf8');
  if (buffer.length === text.length) return (bytes) => bytes;
  let bytesRead = 0;
  let index = 0;
  return (bytes) => {
    index += buffer.toString('utf8', bytesRead, bytes).length;
    bytesRead = bytes;
    return index;
  };
}
