import type { StatementPiece } from '../sql/split-statements.ts';
import { isInsignificant, readSqlToken, type SqlToken } from '../sql/sql-token.ts';

/** A statement with some of its rows only, which parses when and only when those rows are right. */
export interface StatementPart {
  readonly text: string;
  /** Turns an index of this text into one of the whole script. */
  readonly toIndex: (index: number) => number;
}

/** A statement cut into parts; `null`: even its largest part has more tokens than allowed. */
export type CutStatement = Iterable<StatementPart> | null;

/** Rows up to this many UTF-16 units are parsed at once: the tree is some hundred times as large. */
const ROWS_LENGTH = 1 << 16;

/** A place in a statement, with the number of its tokens up to there. */
interface Mark {
  readonly index: number;
  readonly tokens: number;
}

/** The rows of a VALUES list: where it begins, where rows may be cut apart, where it ends. */
interface RowList {
  readonly start: number;
  /** Behind the comma after a row. */
  readonly cuts: readonly Mark[];
  readonly end: number;
  readonly tokensBefore: number;
  readonly tokensBehind: number;
}

/**
 * Cuts a statement so that no part holds more than some thousand rows of its longest VALUES list: the tree of a hundred
 * thousand rows would take some hundred megabytes. Whatever else it holds is in every part.
 */
export function cutRows(text: string, piece: StatementPiece, tokensMax: number): CutStatement {
  const scan = new RowScan(text, piece);
  scan.run();
  const { longest, tokens } = scan;
  if (longest === null) return tokens > tokensMax ? null : [wholeOf(text, piece)];
  const most = largestPart(longest);
  const rest = tokens - (longest.tokensBehind - longest.tokensBefore);
  return rest + most > tokensMax ? null : partsOf(text, piece, longest);
}

function wholeOf(text: string, { start, end }: StatementPiece): StatementPart {
  return { text: text.slice(start, end), toIndex: (index) => start + index };
}

function largestPart({ cuts, tokensBefore, tokensBehind }: RowList): number {
  let most = 0;
  let before = tokensBefore;
  for (const { tokens } of [...cuts, { tokens: tokensBehind }]) {
    most = Math.max(most, tokens - before);
    before = tokens;
  }
  return most;
}

function* partsOf(text: string, piece: StatementPiece, list: RowList): Generator<StatementPart> {
  const head = text.slice(piece.start, list.start);
  const tail = text.slice(list.end, piece.end);
  let from = list.start;
  for (const to of [...list.cuts.map(({ index }) => index), list.end]) {
    const rowsStart = from;
    // The comma behind the last row of a part is left out.
    const rows = to === list.end ? text.slice(from, to) : text.slice(from, text.lastIndexOf(',', to - 1));
    const rowsEnd = head.length + rows.length;
    yield {
      text: head + rows + tail,
      toIndex: (index) => {
        if (index < head.length) return piece.start + index;
        return index < rowsEnd ? rowsStart + index - head.length : list.end + index - rowsEnd;
      },
    };
    from = to;
  }
}

/** Puts the rows of one list together as they are read. */
class RowCollector {
  readonly #tokensBefore: number;
  readonly #cuts: Mark[] = [];
  #start: number | null = null;
  #behind: Mark = { index: 0, tokens: 0 };

  constructor(tokensBefore: number) {
    this.#tokensBefore = tokensBefore;
  }

  addRow(start: number, behind: Mark): void {
    this.#start ??= start;
    this.#behind = behind;
  }

  addComma(behind: Mark): void {
    const last = this.#cuts.at(-1)?.index ?? this.#start ?? behind.index;
    if (behind.index - last >= ROWS_LENGTH) this.#cuts.push(behind);
  }

  /** `null` when no row came. */
  toList(): RowList | null {
    if (this.#start === null) return null;
    const { index: end, tokens: tokensBehind } = this.#behind;
    // A comma behind the last row is one too many: a part without rows would come of a cut there.
    const cuts = this.#cuts.filter(({ index }) => index < end);
    return { start: this.#start, cuts, end, tokensBefore: this.#tokensBefore, tokensBehind };
  }
}

class RowScan {
  longest: RowList | null = null;
  tokens = 0;
  readonly #text: string;
  readonly #end: number;
  #index: number;

  constructor(text: string, { start, end }: StatementPiece) {
    this.#text = text;
    this.#index = start;
    this.#end = end;
  }

  run(): void {
    for (let token = this.#next(); token !== null; token = this.#next()) {
      if (token.kind === 'word' && this.#isValues(token)) this.#readRows();
    }
  }

  /** The next token that says something. */
  #next(): SqlToken | null {
    while (this.#index < this.#end) {
      const token = readSqlToken(this.#text, this.#index);
      this.#index = token.end;
      if (isInsignificant(token.kind)) continue;
      this.tokens += 1;
      return token;
    }
    return null;
  }

  #isValues({ start, end }: SqlToken): boolean {
    return end - start === 6 && this.#text.slice(start, end).toLowerCase() === 'values';
  }

  /** Reads rows as long as a comma and another one follow; what comes then is no row. */
  #readRows(): void {
    const rows = new RowCollector(this.tokens);
    while (this.#readRow(rows) && this.#readComma(rows)) {
      // Everything is done in the condition.
    }
    const list = rows.toList();
    if (list !== null && list.cuts.length > (this.longest?.cuts.length ?? 0)) this.longest = list;
  }

  #readRow(rows: RowCollector): boolean {
    const open = this.#next();
    if (open === null || !this.#is(open, '(')) return false;
    this.#skipRow();
    rows.addRow(open.start, { index: this.#index, tokens: this.tokens });
    return true;
  }

  #readComma(rows: RowCollector): boolean {
    const comma = this.#next();
    if (comma === null || !this.#is(comma, ',')) return false;
    rows.addComma({ index: this.#index, tokens: this.tokens });
    return true;
  }

  #skipRow(): void {
    for (let depth = 1; depth > 0;) {
      const token = this.#next();
      if (token === null) return;
      if (this.#is(token, '(')) depth += 1;
      if (this.#is(token, ')')) depth -= 1;
    }
  }

  #is({ kind, start }: SqlToken, sign: string): boolean {
    return kind === 'symbol' && this.#text.charAt(start) === sign;
  }
}
