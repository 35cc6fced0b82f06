import type { SchemaEffect } from '@bfm/engine';
import { isTreeNode, stringOf, type TreeNode } from '../parse-tree.ts';

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/gu;
/** What takes names away; what merely makes something stays unseen, and does no harm. */
const TAKES_AWAY = /\b(?:drop|rename|set\s+schema)\b/i;

/**
 * What may happen where a program runs: the names beside a DROP or RENAME in its text are not to be relied on any more.
 *
 * @param texts bodies of DO blocks, texts handed to functions
 */
export function opaqueEffects(texts: readonly string[]): readonly SchemaEffect[] {
  const clauses = texts.flatMap((text) => text.split(';')).filter((clause) => TAKES_AWAY.test(clause));
  const names = new Set(
    clauses.flatMap((clause) => [...clause.matchAll(WORD)].map(([word]) => word.toLowerCase())),
  );
  return names.size === 0 ? [] : [{ does: 'blur-names', names }];
}

/** Every text in a statement. */
export function textsIn(statement: TreeNode): readonly string[] {
  const texts: string[] = [];
  const waiting: unknown[] = [statement];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (Array.isArray(current)) for (const item of current) waiting.push(item);
    if (!isTreeNode(current)) continue;
    const text = stringOf(current);
    if (text === null) waiting.push(...Object.values(current));
    else texts.push(text);
  }
  return texts;
}
