/** What a piece of SQL text is, as far as finding statements and comments needs to know. */
export type SqlTokenKind =
  | 'space'
  | 'line-comment'
  | 'block-comment'
  | 'string'
  | 'dollar-string'
  | 'quoted-identifier'
  | 'word'
  | 'semicolon'
  /** A backslash outside every literal, with the rest of its line: only psql knows such a thing. */
  | 'meta-command'
  | 'symbol';

/** One token: `[start, end)` in UTF-16 units. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly start: number;
  readonly end: number;
  /** False when the text ended before the closing quote, tag or comment end. */
  readonly terminated: boolean;
}

const SPACE = /[ \t\n\r\f\v]+/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][A-Za-z0-9_.]*/y;
const PARAMETER = /\$[0-9]+/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const STRING_START = /(?:[EeBbXxNn]|[Uu]&)?'/y;
const QUOTED_IDENTIFIER_START = /(?:[Uu]&)?"/y;
const STRING_CONTINUES = /[ \t\f\v\r]*\n[ \t\n\f\v\r]*'/y;
const COMMENT_EDGE = /\/\*|\*\//g;
const ESCAPE_STRING_EDGE = /['\\]/g;

/**
 * Reads the token that starts at `start`, by PostgreSQL's lexical rules with `standard_conforming_strings = on`. Never
 * fails: a literal that is not closed reaches to the end of the text and says so. Symbols come one character at a time.
 * Like libpg-query, and unlike the server, it does not join two halves of a text over a comment between them.
 */
export function readSqlToken(text: string, start: number): SqlToken {
  const character = text.charAt(start);
  const end = matchEnd(SPACE, text, start);
  if (end !== null) return { kind: 'space', start, end, terminated: true };
  if (character === ';') return { kind: 'semicolon', start, end: start + 1, terminated: true };
  return (
    readComment(text, start) ??
    readQuoted(text, start) ??
    readDollar(text, start) ??
    readPlain(text, start, character)
  );
}

/** Whether a token says nothing to the server: white space or a comment. */
export function isInsignificant(kind: SqlTokenKind): boolean {
  return kind === 'space' || kind === 'line-comment' || kind === 'block-comment';
}

function readPlain(text: string, start: number, character: string): SqlToken {
  const word = matchEnd(WORD, text, start);
  if (word !== null) return { kind: 'word', start, end: word, terminated: true };
  if (character === '\\') {
    return { kind: 'meta-command', start, end: endOfLine(text, start), terminated: true };
  }
  return { kind: 'symbol', start, end: matchEnd(NUMBER, text, start) ?? start + 1, terminated: true };
}

function readComment(text: string, start: number): SqlToken | null {
  if (text.startsWith('--', start)) {
    return { kind: 'line-comment', start, end: endOfLine(text, start), terminated: true };
  }
  if (!text.startsWith('/*', start)) return null;
  let depth = 0;
  COMMENT_EDGE.lastIndex = start;
  for (let edge = COMMENT_EDGE.exec(text); edge !== null; edge = COMMENT_EDGE.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'block-comment', start, end: COMMENT_EDGE.lastIndex, terminated: true };
  }
  return { kind: 'block-comment', start, end: text.length, terminated: false };
}

function readQuoted(text: string, start: number): SqlToken | null {
  const identifier = matchEnd(QUOTED_IDENTIFIER_START, text, start);
  if (identifier !== null) {
    return toQuoted('quoted-identifier', start, endOfPlainQuotes(text, identifier, '"'));
  }
  const string = matchEnd(STRING_START, text, start);
  if (string === null) return null;
  return toQuoted('string', start, endOfString(text, string, findEndFor(text.charAt(start))));
}

/** How the end of a string is found, by the letter before its quote. */
function findEndFor(prefix: string): (text: string, from: number) => QuoteEnd {
  if ('Ee'.includes(prefix)) return endOfEscapeString;
  // In bit and hex strings two quotes are an end and a beginning.
  if ('BbXx'.includes(prefix)) return endOfFirstQuote;
  return (text, from) => endOfPlainQuotes(text, from, "'");
}

/** 'a' <newline> 'b' is one literal, and its second half keeps the rules of the first. */
function endOfString(
  text: string,
  from: number,
  findEnd: (text: string, from: number) => QuoteEnd,
): QuoteEnd {
  for (let start = from; ;) {
    const found = findEnd(text, start);
    const continued = found.terminated ? matchEnd(STRING_CONTINUES, text, found.end) : null;
    if (continued === null) return found;
    start = continued;
  }
}

function toQuoted(kind: SqlTokenKind, start: number, { end, terminated }: QuoteEnd): SqlToken {
  return { kind, start, end, terminated };
}

interface QuoteEnd {
  readonly end: number;
  readonly terminated: boolean;
}

function endOfPlainQuotes(text: string, from: number, quote: string): QuoteEnd {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
    if (text.charAt(at + 1) !== quote) return { end: at + 1, terminated: true };
  }
  return { end: text.length, terminated: false };
}

function endOfFirstQuote(text: string, from: number): QuoteEnd {
  const at = text.indexOf("'", from);
  return at < 0 ? { end: text.length, terminated: false } : { end: at + 1, terminated: true };
}

function endOfEscapeString(text: string, from: number): QuoteEnd {
  ESCAPE_STRING_EDGE.lastIndex = from;
  for (let edge = ESCAPE_STRING_EDGE.exec(text); edge !== null; edge = ESCAPE_STRING_EDGE.exec(text)) {
    const after = ESCAPE_STRING_EDGE.lastIndex;
    if (edge[0] !== '\\' && text.charAt(after) !== "'") return { end: after, terminated: true };
    ESCAPE_STRING_EDGE.lastIndex = after + 1;
  }
  return { end: text.length, terminated: false };
}

function readDollar(text: string, start: number): SqlToken | null {
  const parameter = matchEnd(PARAMETER, text, start);
  if (parameter !== null) return { kind: 'symbol', start, end: parameter, terminated: true };
  const opened = matchEnd(DOLLAR_TAG, text, start);
  if (opened === null) return null;
  const tag = text.slice(start, opened);
  const closed = text.indexOf(tag, opened);
  if (closed < 0) return { kind: 'dollar-string', start, end: text.length, terminated: false };
  return { kind: 'dollar-string', start, end: closed + tag.length, terminated: true };
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function matchEnd(pattern: RegExp, text: string, start: number): number | null {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : null;
}
