import { didYouMean } from '@bfm/core';
import {
  DIRECTIVE_KEYS,
  isDirectiveKey,
  LIST_KEYS,
  type DirectiveFault,
  type DirectiveItem,
  type DirectiveKey,
  type FoundDirectives,
} from './directive.ts';

const KEY = /^([A-Za-z_][A-Za-z0-9_-]*)[ \t]*=/;

/**
 * Reads what stands after `bfm:`. Items are separated by commas: `lock-timeout=2s, statement-timeout=10min`. An item that
 * does not begin with a known key and `=` belongs to the list before it, if that is one: `tags=a=1, b=2, batch=500` gives
 * two tags and a batch. `verify` takes the rest of the line. Commas inside double quotes separate nothing.
 *
 * @param start where `content` stands in the file's text.
 */
export function readDirectiveLine(content: string, start: number): FoundDirectives {
  const items: DirectiveItem[] = [];
  const faults: DirectiveFault[] = [];
  let listKey: { readonly key: DirectiveKey; readonly keyIndex: number } | null = null;
  for (const segment of toSegments(content)) {
    const index = start + segment.index;
    const key = KEY.exec(segment.text)?.[1];
    if (key !== undefined && isDirectiveKey(key)) {
      const item = toItem(key, segment.text, index);
      items.push(item);
      listKey = LIST_KEYS.has(key) ? item : null;
    } else if (listKey !== null && fitsList(listKey.key, segment.text)) {
      items.push({ ...listKey, value: segment.text, valueIndex: index });
    } else {
      faults.push(key === undefined ? noKey(segment.text, index) : unknownKey(key, index));
    }
  }
  return { items, faults };
}

interface Segment {
  readonly text: string;
  readonly index: number;
}

/** Cuts at commas and trims; from `verify=` on nothing is cut. */
function toSegments(content: string): Segment[] {
  const segments: Segment[] = [];
  for (let from = 0; from <= content.length;) {
    const takesRest = /^[ \t]*verify[ \t]*=/.test(content.slice(from));
    const end = takesRest ? content.length : nextComma(content, from);
    const text = content.slice(from, end);
    segments.push({ text: text.trim(), index: from + (text.length - text.trimStart().length) });
    from = end + 1;
  }
  return segments;
}

function nextComma(content: string, from: number): number {
  let quoted = false;
  for (let index = from; index < content.length; index += 1) {
    const character = content.charAt(index);
    if (character === '"') quoted = !quoted;
    if (character === ',' && !quoted) return index;
  }
  return content.length;
}

function toItem(key: DirectiveKey, text: string, keyIndex: number): DirectiveItem {
  const after = text.slice(text.indexOf('=') + 1);
  const value = after.trim();
  return { key, keyIndex, value, valueIndex: keyIndex + text.length - after.trimStart().length };
}

/** Only a tag may hold `=`; in any other list it is a misspelled key. */
function fitsList(key: DirectiveKey, text: string): boolean {
  return key === 'tags' || !KEY.test(text);
}

function unknownKey(key: string, index: number): DirectiveFault {
  return {
    code: 'migration.directive_unknown',
    index,
    message: `there is no directive ${key}${didYouMean(key, DIRECTIVE_KEYS)}`,
    mend: `the directives are ${DIRECTIVE_KEYS.join(', ')}`,
  };
}

function noKey(text: string, index: number): DirectiveFault {
  return {
    code: 'migration.directive_invalid',
    index,
    message: text === '' ? 'a directive is missing here' : 'a directive is written key=value',
    mend: `the directives are ${DIRECTIVE_KEYS.join(', ')}, as in \`-- bfm: schema=core\``,
  };
}
