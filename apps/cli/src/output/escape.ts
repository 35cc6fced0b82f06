const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const INVISIBLE_BUT_BREAKS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const TAB = '    ';

/**
 * Makes a name, statement or server message safe to show on one line of a terminal: what cannot be seen, would move the
 * cursor or turn the line about is written out (SECURITY S37).
 */
export function escapeLine(text: string): string {
  return text.replace(INVISIBLE, toEscape);
}

/** The same for a text of several lines: line breaks stay, tabs become spaces. */
export function escapeLines(text: string): readonly string[] {
  return text
    .replaceAll('\r\n', '\n')
    .replace(INVISIBLE_BUT_BREAKS, toEscape)
    .replaceAll('\t', TAB)
    .split('\n');
}

/** The first line that says something, white space squeezed: what a long statement is recognised by. */
export function squeeze(text: string): string {
  // Far more than fits on a line is never looked at: a statement may have megabytes.
  return escapeLine(text.slice(0, 2000).replace(/\s+/g, ' ').trim());
}

const BEYOND_ASCII = /[^\n\u0020-\u007e]/;
const INVISIBLE_IN_JSON = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** The same for JSON, which means the same afterwards: JSON.stringify itself writes out only what is below U+0020. */
export function escapeJson(json: string): string {
  return BEYOND_ASCII.test(json) ? json.replace(INVISIBLE_IN_JSON, toUnicodeEscapes) : json;
}

function toUnicodeEscapes(character: string): string {
  let escapes = '';
  for (let index = 0; index < character.length; index += 1) {
    escapes += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escapes;
}

function toEscape(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
