import type { Script } from '@bfm/core';
import type { ScriptFaultInit } from '../script-faults.ts';
import type { ParsedStatement } from './parse.ts';
import { unwrap } from './parse-tree.ts';
import type { MarkedScript } from './placeholders.ts';

const DML: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

const MEND =
  'a backfill is one INSERT, UPDATE, DELETE or MERGE that limits itself by :batch, as in `... LIMIT :batch`';

/** Checks that a script with `batch` is one statement that changes rows and limits itself; see DESIGN 4. */
export function findBatchFaults(
  script: Script,
  marked: MarkedScript,
  statements: readonly ParsedStatement[],
): readonly ScriptFaultInit[] {
  if (script.execution.batchSize === null) return [];
  const [first, second] = statements;
  // Without any statement the script is empty, which has a code of its own.
  if (first === undefined) return [];
  // In the comments at the head of the file it is harmless: they are not sent.
  const literal = marked.literalsWithBatch.find(([start, end]) => end > first.start && start < first.end);
  if (literal !== undefined) return [refuse(literal[0], ':batch stands inside a text or comment')];
  if (second !== undefined) return [refuse(second.start, 'a backfill with `batch` holds one statement only')];
  if (!DML.has(unwrap(first.node).type)) return [refuse(first.start, 'a backfill with `batch` changes rows')];
  if (marked.batches.length === 0) {
    return [refuse(first.start, 'the backfill does not limit itself by :batch')];
  }
  return [];
}

function refuse(index: number, message: string): ScriptFaultInit {
  return { code: 'migration.directive_invalid', index, message, mend: MEND };
}
