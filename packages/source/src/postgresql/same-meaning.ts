import { findSqlDirectives } from '../directives/sql-directives.ts';
import { interpretDirectives } from '../directives/interpret-directives.ts';
import type { StatementPiece } from '../sql/split-statements.ts';
import { cutRows } from './large-statement.ts';
import { nodeIn, toNodes, unwrap, type TreeNode } from './parse-tree.ts';
import { parseSql } from './parse.ts';
import { holdsSentinel, markPlaceholders } from './placeholders.ts';
import { cutIntoChunks } from './script-chunks.ts';

const PLACES: ReadonlySet<string> = new Set([
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/**
 * Tells whether two PostgreSQL scripts mean the same: their parse trees agree when every place in the text is left out,
 * and so do their execution directives (transaction, timeouts, batch, verify). Function and DO bodies are literals of
 * the tree, so a comment changed inside one counts. Scripts that do not parse mean the same only when they are equal.
 */
export function sameMeaningPostgresql(applied: string, current: string): boolean {
  if (applied === current) return true;
  if (holdsSentinel(applied) || holdsSentinel(current)) return false;
  const before = executionOf(applied);
  const after = executionOf(current);
  if (before === null || after === null || JSON.stringify(before) !== JSON.stringify(after)) return false;
  const backfill = before.batchSize !== null;
  return sameStatements(markPlaceholders(applied, backfill).text, markPlaceholders(current, backfill).text);
}

/** `null` when the directives are faulty. */
function executionOf(text: string): ReturnType<typeof interpretDirectives>['directives']['execution'] | null {
  const found = findSqlDirectives(text);
  const { directives, faults } = interpretDirectives(found.items, 'up');
  return found.faults.length + faults.length === 0 ? directives.execution : null;
}

function sameStatements(applied: string, current: string): boolean {
  const before = canonicalStatements(applied);
  const after = canonicalStatements(current);
  for (;;) {
    const left = before.next();
    const right = after.next();
    if (left.done === true || right.done === true) return left.done === right.done;
    if (left.value === null || left.value !== right.value) return false;
  }
}

/** Each statement's tree without places, as texts: its rows one by one. `null` where the script does not parse. */
function* canonicalStatements(text: string): Generator<string | null> {
  for (const { start, end, large } of cutIntoChunks(text)) {
    if (large !== null && isCutByRows(text, large)) {
      yield* canonicalRows(text, large);
      continue;
    }
    const parsed = parseSql(text.slice(start, end));
    if (!parsed.ok) {
      yield null;
      return;
    }
    for (const { node } of parsed.statements) yield* canonicalParts(node);
  }
}

/** A statement of very many rows, whose tree as a whole would take some hundred megabytes. */
function* canonicalRows(text: string, piece: StatementPiece): Generator<string | null> {
  let isFirst = true;
  for (const node of nodesOfParts(text, piece)) {
    if (node === null) yield null;
    else {
      const [rest, ...rows] = canonicalParts(node);
      if (isFirst) yield rest ?? null;
      yield* rows;
    }
    isFirst = false;
  }
}

/** Whether the parts of a statement differ in the rows that {@link canonicalParts} takes apart, and in nothing else. */
function isCutByRows(text: string, piece: StatementPiece): boolean {
  const [first, second] = nodesOfParts(text, piece);
  if (first === undefined || second === undefined || first === null || second === null) return false;
  const [restOfFirst] = canonicalParts(first);
  const [restOfSecond] = canonicalParts(second);
  return restOfFirst !== null && restOfFirst === restOfSecond;
}

function* nodesOfParts(text: string, piece: StatementPiece): Generator<TreeNode | null> {
  for (const part of cutRows(text, piece, Infinity) ?? []) {
    const parsed = parseSql(part.text);
    yield parsed.ok ? (parsed.statements[0]?.node ?? null) : null;
  }
}

/** A statement without the rows of its VALUES list, then each row: the same for any cut between rows. */
function* canonicalParts(node: TreeNode): Generator<string | null> {
  const { type, fields } = unwrap(node);
  const select = nodeIn(nodeIn(fields, 'selectStmt'), 'SelectStmt');
  const rows = toNodes(select['valuesLists']);
  if (type !== 'InsertStmt' || rows.length === 0) {
    yield toCanonical(node);
    return;
  }
  const rest = { ...fields, selectStmt: { SelectStmt: { ...select, valuesLists: [] } } };
  yield toCanonical({ [type]: rest });
  for (const row of rows) yield toCanonical(row);
}

function toCanonical(node: unknown): string | null {
  try {
    return JSON.stringify(node, (key, value: unknown) => (isPlace(key, value) ? undefined : value));
  } catch {
    // Expressions nested ten thousand deep are more than JSON.stringify can walk: then only equal texts are the same.
    return null;
  }
}

/** CREATE TABLESPACE has a `location` too, which is a path: a place in the text is always a number. */
function isPlace(key: string, value: unknown): boolean {
  if (typeof value !== 'number') return false;
  return key === 'location' || key.endsWith('_location') || PLACES.has(key);
}
