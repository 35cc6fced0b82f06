/** A place in a text, as editors count it. */
export interface Place {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters (code points). */
  readonly column: number;
}

/** The place of a UTF-16 index in a text with LF line ends; an index past the end gives the place after the last character. */
export function placeAt(text: string, index: number): Place {
  return advance({ line: 1, column: 1 }, text.slice(0, index));
}

/** The place reached from `from` after reading `passed`. */
export function advance(from: Place, passed: string): Place {
  const lastBreak = passed.lastIndexOf('\n');
  if (lastBreak < 0) return { line: from.line, column: from.column + countCharacters(passed) };
  let line = from.line;
  for (let at = passed.indexOf('\n'); at >= 0; at = passed.indexOf('\n', at + 1)) line += 1;
  return { line, column: 1 + countCharacters(passed.slice(lastBreak + 1)) };
}

/** The UTF-16 index of the character with this 0-based number (in code points). */
export function indexOfCharacter(text: string, characters: number): number {
  let index = 0;
  for (let left = characters; left > 0 && index < text.length; left -= 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** The length of a text in characters (code points). */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) count -= 1;
  }
  return count;
}
