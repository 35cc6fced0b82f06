import type { Script } from '@bfm/core';
import type { EffectReader, SchemaEffect } from '@bfm/engine';
import { loadParser, parseSql } from '../parse.ts';
import { unwrap, type TreeNode } from '../parse-tree.ts';
import { markPlaceholders } from '../placeholders.ts';
import { cutIntoChunks } from '../script-chunks.ts';
import { CHANGED } from './changed-objects.ts';
import { CREATED } from './created-objects.ts';
import { opaqueEffects, textsIn } from './opaque-statement.ts';
import { leadAfter, withLead, type NameLead } from './search-path.ts';

/** Loads PostgreSQL's parser (once per process) and gives the reader of effects; other backends' scripts have none. */
export async function createEffectReader(): Promise<EffectReader> {
  await loadParser();
  return {
    effects: ({ backend }, script) => (backend === 'postgresql' ? readEffects(script) : []),
  };
}

/** What a PostgreSQL script does to schemas, in order. The parser must have been loaded. */
export function readEffects(script: Script): readonly SchemaEffect[] {
  const marked = markPlaceholders(script.text, script.execution.batchSize !== null);
  const effects: SchemaEffect[] = [];
  let lead: NameLead = 'own';
  for (const { start, end, large } of cutIntoChunks(marked.text)) {
    // What is too large for a tree as a whole is rows of data.
    if (large !== null) continue;
    const parsed = parseSql(marked.text.slice(start, end));
    if (!parsed.ok) return [];
    for (const { node } of parsed.statements) {
      const { type, fields } = unwrap(node);
      if (type === 'VariableSetStmt') lead = leadAfter(fields, lead);
      for (const effect of statementEffects(type, fields)) effects.push(...withLead(effect, lead));
    }
  }
  return effects;
}

/** Statements that hand texts to programs. */
const OPAQUE: ReadonlySet<string> = new Set(['DoStmt', 'CallStmt', 'SelectStmt']);

function statementEffects(type: string, fields: TreeNode): readonly SchemaEffect[] {
  const known = (CREATED[type] ?? CHANGED[type])?.(fields) ?? [];
  return OPAQUE.has(type) ? [...known, ...opaqueEffects(textsIn(fields))] : known;
}
