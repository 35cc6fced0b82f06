import { findSqlDirectives } from '../directives/sql-directives.ts';
import { interpretDirectives } from '../directives/interpret-directives.ts';
import { cutIntoChunks } from './script-chunks.ts';
import { parseSql } from './parse.ts';
import { holdsSentinel, markPlaceholders } from './placeholders.ts';

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

/** Each statement's tree without places, as text; `null` where the script does not parse. */
function* canonicalStatements(text: string): Generator<string | null> {
  for (const chunk of cutIntoChunks(text)) {
    const parsed = parseSql(text.slice(chunk.start, chunk.end));
    if (!parsed.ok) {
      yield null;
      return;
    }
    for (const { node } of parsed.statements) yield toCanonical(node);
  }
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
