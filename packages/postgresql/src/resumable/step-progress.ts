import { BfmError, type PlanStep } from '@bfm/core';
import type pg from 'pg';
import type { FenceHold } from '../ledger-writes.ts';
import type { Message } from '../message.ts';
import { doneDigest } from './done-digest.ts';
import { NeedsAttention } from './halt.ts';
import { markBegunQuery, progressQuery, readProgress, type Intent, type ProgressWrite } from './progress.ts';

/** How far one step has come, in memory and in the ledger. */
export class StepProgress {
  statementsDone = 0;
  rowsDone = 0;
  batchesDone = 0;
  /** The bare statement that an earlier run left without an end. */
  intent: Intent | null = null;
  readonly #step: PlanStep;
  readonly #hold: FenceHold;
  #begun = false;

  constructor(step: PlanStep, hold: FenceHold) {
    this.#step = step;
    this.#hold = hold;
  }

  /** The ledger knows of the step already. */
  get begun(): boolean {
    return this.#begun;
  }

  /**
   * Takes up what an earlier run left.
   *
   * @throws {@link NeedsAttention} when what it did is not what the file says now
   */
  async resume(client: pg.ClientBase): Promise<void> {
    const found = await readProgress(client, this.#hold, this.#step);
    if (found === null) return;
    if (found.direction !== this.#step.direction) throw new NeedsAttention(otherWay(this.#step), 0);
    if (found.doneDigest !== doneDigest(this.#step.statements, found.statementsDone)) {
      throw new NeedsAttention(changed(found.statementsDone), 0);
    }
    this.#begun = true;
    this.statementsDone = found.statementsDone;
    this.rowsDone = found.rowsDone;
    this.batchesDone = found.batchesDone;
    this.intent = found.intent;
  }

  /** What is done was done statement by statement, not in batches. */
  get isOfStatements(): boolean {
    return this.statementsDone > 0 || this.intent !== null;
  }

  /** The messages that note progress, for the transaction that makes it. */
  notes(
    write: Partial<Pick<ProgressWrite, 'statementsDone' | 'rowsDone' | 'batchesDone' | 'intent'>>,
  ): Message[] {
    const statementsDone = write.statementsDone ?? this.statementsDone;
    const full: ProgressWrite = {
      statementsDone,
      rowsDone: write.rowsDone ?? this.rowsDone,
      batchesDone: write.batchesDone ?? this.batchesDone,
      doneDigest: doneDigest(this.#step.statements, statementsDone),
      intent: write.intent ?? null,
    };
    const noted = progressQuery(this.#step, this.#hold, full);
    return this.#begun ? [noted] : [markBegunQuery(this.#step, this.#hold), noted];
  }

  /** Takes over what a committed transaction noted. */
  took(write: Partial<Pick<ProgressWrite, 'statementsDone' | 'rowsDone' | 'batchesDone'>>): void {
    this.#begun = true;
    this.statementsDone = write.statementsDone ?? this.statementsDone;
    this.rowsDone = write.rowsDone ?? this.rowsDone;
    this.batchesDone = write.batchesDone ?? this.batchesDone;
  }

  /** What of the step stays in the target, for people. */
  describe(): string {
    const { statementsDone, rowsDone, batchesDone } = this;
    if (batchesDone > 0) return `${rowsDone} rows in ${batchesDone} batches stay done`;
    if (statementsDone === 0) return 'nothing of it is left in the target';
    const which = statementsDone === 1 ? 'statement 1 stays' : `statements 1 to ${statementsDone} stay`;
    return `${which} done, of ${this.#step.statements.length}`;
  }
}

function otherWay({ direction }: PlanStep): BfmError {
  const [begun, wanted] = direction === 'up' ? ['rollback', 'up'] : ['up', 'rollback'];
  return new BfmError('step.partial', {
    message: `its ${begun} began and did not end, so its ${wanted} cannot begin`,
    next: `end the ${begun} first, or say how it stands: bfm repair mark-applied, or bfm repair mark-pending`,
  });
}

function changed(done: number): BfmError {
  return new BfmError('step.partial', {
    message: `its first ${done} statements were run and have been edited since: nobody knows where to go on`,
    next: 'restore them in the file, or say from which statement on it is to go on, here from the first: bfm repair mark-pending --statement THIS',
  });
}
