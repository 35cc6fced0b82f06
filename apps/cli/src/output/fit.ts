import stringWidth from 'string-width';
import { toPieces } from './command-words.ts';

const COLOURS = /\u001b\[[0-9;]*m/g;
/** One column each: ASCII, Latin letters, and the signs of our own views. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2013\u2026\u2588\u2591\u2713\u2717]*$/;

/** Columns a text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  const plain = text.includes('\u001b') ? text.replace(COLOURS, '') : text;
  return NARROW.test(plain) ? plain.length : stringWidth(plain);
}

/** Fills a text up with spaces on its right. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Fills a text up with spaces on its left. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts the end off a text without colours, so that it takes at most `width` columns. */
export function cutEnd(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  return takeStart([...text], width - displayWidth(ellipsis)) + (width < ellipsis.length ? '' : ellipsis);
}

/** Cuts the middle out of a text without colours: both ends of a long name tell it from others. */
export function cutMiddle(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room < 2) return cutEnd(text, width, ellipsis);
  const characters = [...text];
  const start = takeStart(characters, Math.ceil(room / 2));
  const end = takeStart(characters.reverse(), Math.floor(room / 2));
  return `${start}${ellipsis}${[...end].reverse().join('')}`;
}

/**
 * Breaks a text without colours between words, so that no line is wider than `width`; a longer word stays whole, and so
 * does a command, which is to be copied: when the line it belongs to has no room for it, it gets one of its own.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of toPieces(text)) {
    const longer = line === '' ? piece.text : `${line} ${piece.text}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = piece.text;
    if (!piece.isCommand || !piece.text.includes(' --')) continue;
    lines.push(line);
    line = '';
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

function takeStart(characters: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (const character of characters) {
    used += displayWidth(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}
