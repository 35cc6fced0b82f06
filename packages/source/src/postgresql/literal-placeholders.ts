import { nearestName } from '@bfm/core';
import type { ScriptFaultInit } from '../script-faults.ts';
import type { TextRange } from './placeholders.ts';

/** Something odd about a script that keeps it from nothing. */
export type ScriptWarningInit = Omit<ScriptFaultInit, 'code'>;

const NAMES = ['Connection', 'Schema', 'Backend', 'Version'];
const FILLED = /\{\{\.(connection|schema|backend|version)\}\}/i;
const ALONE = /^[Ee]?'\{\{\.schema\}\}'$/i;
const OBJECT_CAST = /^\s*::\s*(?:pg_catalog\s*\.\s*)?reg/i;
/** What looks like a placeholder of ours or of a template language. */
const LOOKALIKE = /\{\{-?\s*\.\s*(\w+)\s*-?\}\}/g;

/** The first placeholder in a literal or comment; `null` when the range holds none. */
export function placeholderIn(
  text: string,
  [start, end]: TextRange,
): { readonly index: number; readonly placeholder: string } | null {
  const match = FILLED.exec(text.slice(start, end));
  return match === null ? null : { index: start + match.index, placeholder: match[0] };
}

/**
 * Warns of a placeholder that stands in a text as a value: it is filled with the quotes of a name, so that
 * `'{{.Schema}}'` becomes `'"core"'`. That is right for what is read as a name (`::regclass`, dynamic SQL), which is not
 * warned of.
 */
export function warnOfValue(text: string, range: TextRange): ScriptWarningInit | null {
  const [start, end] = range;
  const literal = text.slice(start, end);
  if (!/^(?:[EeNn]|[Uu]&)?'/.test(literal)) return null;
  const found = placeholderIn(text, range);
  if (found === null || !isValue(literal, found.placeholder, text.slice(end, end + 40))) return null;
  const value = /schema/i.test(found.placeholder) ? ': for the schema as a text write current_schema()' : '';
  return {
    index: start,
    message: `${found.placeholder} in a text is filled with the double quotes of a name`,
    mend: `take it out of the text, unless it is read as a name there${value}`,
  };
}

/** The schema alone may be meant as a text; the others are no names of objects in any case. */
function isValue(literal: string, placeholder: string, behind: string): boolean {
  if (!/schema/i.test(placeholder)) return true;
  return ALONE.test(literal) && !OBJECT_CAST.test(behind);
}

const MEND = `the placeholders are ${NAMES.map((name) => `{{.${name}}}`).join(', ')}, without white space`;
const TEMPLATE = /(?:\{\{|\$\{)[^}\n]{0,60}\}/y;

/** What to do about a template of another tool, or a placeholder misspelt, that stands at an index; `null` for anything else. */
export function describeTemplate(text: string, index: number): string | null {
  TEMPLATE.lastIndex = index;
  const template = TEMPLATE.exec(text)?.[0];
  if (template === undefined) return null;
  const near = nearestName(/\w+/.exec(template)?.[0] ?? '', NAMES);
  return near === null ? MEND : `did you mean {{.${near}}}? ${MEND}`;
}

/** Warns of `{{ .Schema }}` and `{{.Shema}}`: they are plain text to BFM, and hardly meant so. */
export function warnOfLookalikes(text: string): readonly ScriptWarningInit[] {
  if (!text.includes('{{')) return [];
  return [...text.matchAll(LOOKALIKE)].flatMap((match) => {
    const [whole, word = ''] = match;
    const near = nearestName(word, NAMES);
    if (FILLED.test(whole) || near === null) return [];
    return [
      {
        index: match.index,
        message: `${whole} is no placeholder and stays as it is; did you mean {{.${near}}}?`,
        mend: MEND,
      },
    ];
  });
}
