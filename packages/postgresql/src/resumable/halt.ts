import type { BfmError } from '@bfm/core';

/** Ends a step from within: the error to tell, the statement it came from, and what is left in the target. */
export class Halt extends Error {
  /** A driver's error, or one of BFM's own. */
  readonly reason: unknown;
  /** 0-based; `null`: none of the file's. */
  readonly statement: number | null;
  /** For people, as in `statements 1-2 stay done`; `null`: nothing is. */
  readonly left: string | null;

  constructor(
    reason: unknown,
    at: { readonly statement?: number | null; readonly left?: string | null } = {},
  ) {
    super('halted', { cause: reason });
    this.reason = reason;
    this.statement = at.statement ?? null;
    this.left = at.left ?? null;
  }
}

/** A person has to decide: BFM cannot find out, or it is not BFM's to mend. */
export class NeedsAttention extends Halt {
  constructor(error: BfmError, statement: number) {
    super(error, { statement });
  }
}

/** The session cannot be used any further, whatever came before. */
export class SessionLost extends Halt {
  constructor(before: unknown) {
    super(before instanceof Halt ? before.reason : before, before instanceof Halt ? before : {});
  }
}
