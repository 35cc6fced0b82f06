import { escapeLine } from './escape.ts';
import { displayWidth } from './fit.ts';
import type { Look } from './look.ts';

/** A place in a line of a file. */
export interface ExcerptPlace {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters; `null`: no caret. */
  readonly column: number | null;
}

/** Characters that are kept before the caret when a line is too long to be shown whole. */
const CONTEXT = 20;

/** The line of a file with a caret under the place, cut to the width round it. */
export function excerpt({ text, line, column }: ExcerptPlace, look: Look): readonly string[] {
  const number = String(line).padStart(5);
  const room = look.width - number.length - 3;
  const characters = [...text.replaceAll('\t', ' ')];
  const at = column === null ? 0 : Math.min(column - 1, characters.length);
  const start = characters.length <= room || at < room - CONTEXT ? 0 : at - CONTEXT;
  const before = start === 0 ? '' : look.symbols.ellipsis;
  const end = start + room - before.length - look.symbols.ellipsis.length;
  const after = characters.length <= start + room - before.length ? '' : look.symbols.ellipsis;
  const shown = escapeLine(characters.slice(start, after === '' ? undefined : end).join(''));
  const bar = look.paint.dim('|');
  const lines = [`${look.paint.dim(number)} ${bar} ${before}${shown}${after}`];
  if (column === null) return lines;
  const indent = displayWidth(before + escapeLine(characters.slice(start, at).join('')));
  return [...lines, `${' '.repeat(number.length)} ${bar} ${' '.repeat(indent)}${look.paint.bad('^')}`];
}
