/** The longest excerpt a message shows, in characters. */
const EXCERPT_LENGTH_MAX = 80;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** Makes a text safe to show on one line: what cannot be seen, or would turn the line about, is written as `\u{...}`. */
export function escapeText(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** Cuts an escaped text to what a message shows. */
export function shorten(text: string): string {
  // Far more than can be shown is never escaped: a statement may have megabytes.
  const characters = [...escapeText(text.slice(0, 4 * EXCERPT_LENGTH_MAX))];
  if (characters.length <= EXCERPT_LENGTH_MAX) return characters.join('');
  return `${characters.slice(0, EXCERPT_LENGTH_MAX - 1).join('')}…`;
}

/** What stands at an index, up to the end of its line; at a blank end, the last line that says something. */
export function excerptAt(text: string, index: number): string {
  const rest = lineFrom(text, index).trim();
  if (rest !== '') return shorten(rest);
  const before = text.slice(0, index).trimEnd();
  return shorten(before.slice(before.lastIndexOf('\n') + 1).trimStart());
}

/** Bytes that are no text, up to the end of their line: what is not printable ASCII is written as `\xNN`. */
export function excerptOfBytes(bytes: Buffer, from: number): string {
  let excerpt = '';
  for (const byte of bytes.subarray(from, from + EXCERPT_LENGTH_MAX + 1)) {
    if (byte === 0x0a || byte === 0x0d) break;
    const isPlain = byte >= 0x20 && byte < 0x7f;
    excerpt += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return excerpt.length <= EXCERPT_LENGTH_MAX ? excerpt : `${excerpt.slice(0, EXCERPT_LENGTH_MAX - 1)}…`;
}

function lineFrom(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(index, end < 0 ? text.length : end);
}
