import { isInsignificant, readSqlToken, type SqlToken } from './sql-token.ts';

/** One statement as cut out by its semicolon, without the comments round it. */
export interface StatementPiece {
  /** UTF-16 index of the first token that is no comment. */
  readonly start: number;
  /** UTF-16 index after the last such token; the semicolon is not part of it. */
  readonly end: number;
  /** A literal or comment that is never closed, if the piece holds one. */
  readonly unterminated: SqlToken | null;
  /** The first psql command in the piece, if there is one. */
  readonly metaCommand: SqlToken | null;
  /** `COPY ... FROM STDIN`; what followed it up to `\.` was passed over as data (without it, all that follows). */
  readonly copiesFromStdin: boolean;
}

const COPY_END = /^\\\.[ \t]*$/m;

/**
 * Cuts SQL into statements without parsing it, the way psql does: at semicolons outside literals, comments,
 * parentheses and the bodies of SQL functions (`BEGIN ATOMIC ... END`). Exact for valid SQL; for faulty SQL a good
 * guess, which is what it is for: to say in which statement a fault stands, and to cut very large scripts.
 */
export function* splitStatements(text: string): Generator<StatementPiece> {
  let index = 0;
  while (index < text.length) {
    const piece = new PieceReader(text);
    index = piece.read(index);
    const found = piece.toPiece();
    if (found !== null) yield found;
    if (found?.copiesFromStdin === true) index = endOfCopyData(text, index);
  }
}

/** What follows a COPY is data up to the line `\.`; without that line all of it may be, and is no SQL to complain of. */
function endOfCopyData(text: string, from: number): number {
  const end = COPY_END.exec(text.slice(from));
  return end === null ? text.length : from + end.index + end[0].length;
}

class PieceReader {
  readonly #text: string;
  readonly #words: string[] = [];
  #start: number | null = null;
  #end = 0;
  #parentheses = 0;
  #blocks = 0;
  #unterminated: SqlToken | null = null;
  #metaCommand: SqlToken | null = null;
  #fromStdin = false;
  #lastWord = '';

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads up to and including what ends the statement; gives the index after it. */
  read(from: number): number {
    let index = from;
    let ended = false;
    while (!ended && index < this.#text.length) {
      const token = readSqlToken(this.#text, index);
      index = token.end;
      ended = this.#ends(token);
      if (!ended && !isInsignificant(token.kind)) this.#take(token);
      if (!token.terminated) this.#noteUnterminated(token);
    }
    return index;
  }

  /** A psql command ends with its line, a statement with its semicolon. */
  #ends(token: SqlToken): boolean {
    if (token.kind === 'semicolon') return this.#parentheses <= 0 && this.#blocks === 0;
    if (token.kind !== 'meta-command' || this.#start !== null) return false;
    this.#take(token);
    return true;
  }

  #noteUnterminated(token: SqlToken): void {
    this.#unterminated ??= token;
    this.#extend(token);
  }

  toPiece(): StatementPiece | null {
    if (this.#start === null) return null;
    return {
      start: this.#start,
      end: this.#end,
      unterminated: this.#unterminated,
      metaCommand: this.#metaCommand,
      copiesFromStdin: this.#words[0] === 'copy' && this.#fromStdin,
    };
  }

  #extend(token: SqlToken): void {
    this.#start ??= token.start;
    this.#end = token.end;
  }

  #take(token: SqlToken): void {
    this.#extend(token);
    if (token.kind === 'word') this.#takeWord(this.#text.slice(token.start, token.end).toLowerCase());
    else if (token.kind === 'meta-command') this.#metaCommand ??= token;
    else if (token.kind === 'symbol') this.#takeSymbol(this.#text.charAt(token.start));
  }

  #takeSymbol(character: string): void {
    if (character === '(') this.#parentheses += 1;
    if (character === ')') this.#parentheses -= 1;
  }

  #takeWord(word: string): void {
    if (this.#words.length < 4) this.#words.push(word);
    if (word === 'stdin' && this.#lastWord === 'from') this.#fromStdin = true;
    this.#lastWord = word;
    if (this.#parentheses <= 0 && this.#makesRoutine()) this.#countBlocks(word);
  }

  #countBlocks(word: string): void {
    if (word === 'begin' || (word === 'case' && this.#blocks > 0)) this.#blocks += 1;
    else if (word === 'end' && this.#blocks > 0) this.#blocks -= 1;
  }

  /** Only CREATE FUNCTION and CREATE PROCEDURE have bodies with semicolons; a plain BEGIN is transaction control. */
  #makesRoutine(): boolean {
    const [first, second, third, fourth] = this.#words;
    if (first !== 'create') return false;
    const kind = second === 'or' && third === 'replace' ? fourth : second;
    return kind === 'function' || kind === 'procedure';
  }
}
