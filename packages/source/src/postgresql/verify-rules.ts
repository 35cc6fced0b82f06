import type { Script } from '@bfm/core';
import type { ScriptFaultInit } from '../script-faults.ts';
import { namesOwnSchema } from './own-schema.ts';
import { placeholderIn } from './literal-placeholders.ts';
import { parseSql } from './parse.ts';
import { unwrap } from './parse-tree.ts';
import { markPlaceholders } from './placeholders.ts';

/** What looking at a script's post-condition found. */
export interface VerifyCheck {
  readonly fault: ScriptFaultInit | null;
  /** The first placeholder inside a literal or comment of the query, by its index in the script. */
  readonly placeholder: ReturnType<typeof placeholderIn>;
}

/** Checks that `verify`, if given, is one query of PostgreSQL that leaves BFM's own schema alone. */
export function checkVerify(script: Script): VerifyCheck {
  const { verify } = script.execution;
  if (verify === null) return { fault: null, placeholder: null };
  const marked = markPlaceholders(verify, false);
  const start = Math.max(0, script.text.indexOf(verify));
  const [literal] = marked.literalsWithPlaceholder;
  const found = literal === undefined ? null : placeholderIn(verify, literal);
  const placeholder = found === null ? null : { ...found, index: start + found.index };
  const reason = findReason(marked.text);
  if (reason === null) return { fault: null, placeholder };
  const fault: ScriptFaultInit = {
    code: 'migration.directive_invalid',
    index: start,
    message: `the query of \`verify\` cannot be used: ${reason}`,
    mend: 'write one SELECT on one line that answers true when all is well',
  };
  return { fault, placeholder };
}

function findReason(query: string): string | null {
  const parsed = parseSql(query);
  if (!parsed.ok) return parsed.message;
  const [first, second] = parsed.statements;
  if (first === undefined || second !== undefined) return 'it is not one statement';
  if (unwrap(first.node).type !== 'SelectStmt') return 'it is not a SELECT';
  return namesOwnSchema(first.node) ? "it reads BFM's own schema" : null;
}
