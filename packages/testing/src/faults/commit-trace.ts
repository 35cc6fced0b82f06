import { sqlOf, tagOf, type PgFrame } from './pg-frames.ts';

/** What passes of a COMMIT: that it was asked for, or that it is done. */
export interface CommitSight {
  readonly at: 'request' | 'reply';
  /** What was said in SQL in its transaction before it. */
  readonly said: readonly string[];
}

/** Recognises COMMITs on one connection, in simple queries and in the extended protocol, and their replies. */
export class CommitTrace {
  #said: string[] = [];
  /** What was said before each COMMIT whose reply has not come yet. */
  readonly #asked: (readonly string[])[] = [];

  /** Looks at a message of the client. */
  sent(frame: PgFrame): CommitSight | null {
    const sql = sqlOf(frame);
    if (sql === null) return null;
    if (!ENDS.test(sql)) {
      this.#said.push(sql);
      return null;
    }
    const said = this.#said;
    this.#said = [];
    if (!IS_COMMIT.test(sql)) return null;
    this.#asked.push(said);
    return { at: 'request', said };
  }

  /** Looks at a message of the server. A COMMIT that was not done, because something before it failed, is forgotten. */
  answered(frame: PgFrame): CommitSight | null {
    if (frame.type === 'E') {
      this.#asked.length = 0;
      return null;
    }
    if (tagOf(frame) !== 'COMMIT') return null;
    return { at: 'reply', said: this.#asked.shift() ?? [] };
  }
}

/** Not behind any semicolon: bodies of functions hold `; END`. */
const IS_COMMIT = /(?:^|;)\s*COMMIT\b|^\s*END\b/i;
const ENDS = /(?:^|;)\s*(?:COMMIT|ROLLBACK)\b|^\s*END\b/i;
