/** A character that shows other than it reads. */
export interface SuspiciousCharacter {
  /** UTF-16 index of the first of its kind. */
  readonly index: number;
  readonly message: string;
}

const BIDI = /[\u202a-\u202e\u2066-\u2069]/g;
const ZERO_WIDTH = /[\u200b-\u200d\u2060\ufeff]/g;

/** Finds characters that turn the reading direction about ("Trojan source") or take no room: one answer per kind. */
export function findSuspiciousCharacters(text: string): readonly SuspiciousCharacter[] {
  return [
    describe([...text.matchAll(BIDI)], 'makes text show in another order than it runs'),
    describe([...text.matchAll(ZERO_WIDTH)], 'takes no room, so that it cannot be seen'),
  ].filter((found) => found !== null);
}

function describe(matches: readonly RegExpExecArray[], effect: string): SuspiciousCharacter | null {
  const [first] = matches;
  if (first === undefined) return null;
  const code = (first[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const more = matches.length > 1 ? ` (and ${matches.length - 1} more)` : '';
  return { index: first.index, message: `character U+${code} ${effect}${more}` };
}
