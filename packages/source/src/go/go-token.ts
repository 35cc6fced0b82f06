/** A token of Go source, as far as reading literals needs. */
export interface GoToken {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'end';
  /** The name or symbol; of a string its decoded value. */
  readonly text: string;
  /** UTF-16 index where it starts. */
  readonly index: number;
}

/** What cutting Go source into tokens gives. */
export type GoTokens =
  | { readonly ok: true; readonly tokens: readonly GoToken[] }
  | { readonly ok: false; readonly index: number; readonly message: string };

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const STRING_EDGE = /["\\\n]/g;
/** The longest rune literal is `'\U0010ffff'`. */
const RUNE = /'(?:[^'\\\n]|\\[^\n]){1,10}'/y;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(x[0-9a-fA-F]{2}|[0-7]{3})|([abfnrtv\\'"]))/g;

const SIMPLE_ESCAPES: Readonly<Partial<Record<string, string>>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Cuts Go source into tokens: names, numbers, interpreted and raw strings (decoded), runes (as numbers), symbols of one
 * character. Comments and white space are dropped. Nothing is executed, and nothing but the text is looked at.
 */
export function readGoTokens(source: string): GoTokens {
  const tokens: GoToken[] = [];
  let index = 0;
  for (;;) {
    index += matchAt(SPACE, source, index)?.[0].length ?? 0;
    if (index >= source.length) break;
    const read = readToken(source, index);
    if (read === null) return { ok: false, index, message: describeOpen(source, index) };
    tokens.push(read.token);
    index = read.end;
  }
  tokens.push({ kind: 'end', text: '', index: source.length });
  return { ok: true, tokens };
}

interface ReadToken {
  readonly token: GoToken;
  readonly end: number;
}

function readToken(source: string, index: number): ReadToken | null {
  const character = source.charAt(index);
  if (character === '"' || character === '`') return readString(source, index);
  if (character === "'") return toToken('number', matchAt(RUNE, source, index), index);
  if (source.startsWith('/*', index)) return null;
  return (
    toToken('name', matchAt(NAME, source, index), index) ??
    toToken('number', matchAt(NUMBER, source, index), index) ?? {
      token: { kind: 'symbol', text: character, index },
      end: index + 1,
    }
  );
}

function toToken(kind: GoToken['kind'], match: RegExpExecArray | null, index: number): ReadToken | null {
  return match === null ? null : { token: { kind, text: match[0], index }, end: index + match[0].length };
}

function readString(source: string, index: number): ReadToken | null {
  const raw = source.charAt(index) === '`';
  const end = raw ? source.indexOf('`', index + 1) : endOfString(source, index + 1);
  if (end < 0) return null;
  const content = source.slice(index + 1, end);
  return { token: { kind: 'string', text: raw ? content : decodeEscapes(content), index }, end: end + 1 };
}

/** The index of the closing quote, -1 when the line ends first. A loop: one pattern for megabytes overflows its stack. */
function endOfString(source: string, from: number): number {
  STRING_EDGE.lastIndex = from;
  for (let edge = STRING_EDGE.exec(source); edge !== null; edge = STRING_EDGE.exec(source)) {
    if (edge[0] === '"') return edge.index;
    if (edge[0] === '\n') return -1;
    STRING_EDGE.lastIndex += 1;
  }
  return -1;
}

function decodeEscapes(content: string): string {
  if (!content.includes('\\')) return content;
  return content.replace(ESCAPE, (...groups: (string | undefined)[]) => {
    const [, short, long, byte, simple = ''] = groups;
    const hex = short ?? long;
    if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff));
    if (byte !== undefined) return String.fromCodePoint(byteOf(byte));
    return SIMPLE_ESCAPES[simple] ?? simple;
  });
}

/** `x41` or `101` (octal). Bytes above 0x7f are parts of UTF-8 sequences, which names do not need; they come as Latin-1. */
function byteOf(escape: string): number {
  return escape.startsWith('x') ? Number.parseInt(escape.slice(1, 3), 16) : Number.parseInt(escape, 8);
}

function describeOpen(source: string, index: number): string {
  return source.startsWith('/*', index)
    ? 'a comment opened here is never closed'
    : 'a text opened here is never closed';
}

function matchAt(pattern: RegExp, source: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(source);
}
