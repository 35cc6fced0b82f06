import { splitStatements, type StatementPiece } from '../sql/split-statements.ts';

/** A part of a script that holds whole statements. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** Set when the chunk is one statement too large to be parsed carelessly. */
  readonly large: StatementPiece | null;
}

/** Up to this many UTF-16 units a script is parsed as one; the parse tree is some hundred times as large. */
const CHUNK_LENGTH = 1 << 16;

/**
 * Cuts a large script at statement ends, so that the trees of many statements are never held at once. Small scripts stay
 * whole: there the parser alone decides where statements end.
 */
export function* cutIntoChunks(text: string): Generator<Chunk> {
  if (text.length <= CHUNK_LENGTH) {
    yield { start: 0, end: text.length, large: null };
    return;
  }
  let start = 0;
  for (const piece of splitStatements(text)) {
    if (piece.end - piece.start > CHUNK_LENGTH) {
      // What is in front begins with the semicolon of the last statement, which the parser takes for an empty one.
      yield { start, end: piece.start, large: null };
      yield { start: piece.start, end: piece.end, large: piece };
    } else if (piece.end - start >= CHUNK_LENGTH) {
      yield { start, end: piece.end, large: null };
    } else continue;
    start = piece.end;
  }
  if (start < text.length) yield { start, end: text.length, large: null };
}
