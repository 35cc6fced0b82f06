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

function toEscape(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
