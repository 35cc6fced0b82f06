import { shorten } from './excerpt.ts';

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
  const more = matches.length > 1 ? ` (and ${matches.length - 1} more)` : '';
  return { index: first.index, message: `character ${toCodePoint(first[0])} ${effect}${more}` };
}

const NO_SPACE = /[\p{Cf}\p{Zs}]/u;
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

/**
 * Why a word that SQL does not understand may read like one that it does, and what to do about it; `null` when nothing
 * about its characters is strange.
 */
export function describeStrangeWord(word: string): string | null {
  const hidden = NO_SPACE.exec(word)?.[0];
  if (hidden !== undefined) {
    return `take out ${toCodePoint(hidden)} in ${shorten(word)}: SQL takes it for a letter, not for a space`;
  }
  const foreign = /[A-Za-z]/.test(word) ? OTHER_SCRIPT.exec(word)?.[0] : undefined;
  const wide = word !== word.normalize('NFKC') ? /[^\0-\x7f]/.exec(word)?.[0] : undefined;
  const stranger = foreign ?? wide;
  if (stranger === undefined) return null;
  return `write ${shorten(word)} in plain Latin letters: ${toCodePoint(stranger)} in it only looks like one`;
}

function toCodePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
