import { formatPlace, isInTarget, type BfmError, type MigrationId } from '@bfm/core';
import { sharedLedgerBasis } from '../plan/ledger-basis.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { LockedEntry, TargetSession } from '../ports/target-session.ts';
import { partlyDoneError, staleError } from './target-errors.ts';
import type { TargetSteps } from './target-steps.ts';

/** The ledger of a target that is held: what it says of the steps, and what it is told besides. */
export class LockedLedger {
  readonly #steps: TargetSteps;
  readonly #session: TargetSession;
  readonly #noted = new Set<MigrationId>();
  #isSettled = false;

  constructor(steps: TargetSteps, session: TargetSession) {
    this.#steps = steps;
    this.#session = session;
  }

  /**
   * Ends the steps that are done by what the ledger says. Another run may have done some of this between plan and lock; a
   * lost commit of our own counts as ours.
   *
   * @throws {plan.stale} when the plan was not made for what is there
   */
  async read(hasher: Hasher, runId: string): Promise<void> {
    const { run } = this.#steps;
    await this.#endDoubts(runId);
    if (sharedLedgerBasis(this.#session.entries, run.group, hasher) !== run.group.basis) {
      throw staleError(run.target, 'its ledger changed after the plan was made');
    }
    for (const index of run.open()) {
      const entry = this.#entryOf(index);
      if (!this.#isDone(index, entry)) continue;
      await this.#settle();
      if (entry?.runId === runId && this.#steps.tries.of(index) > 0) this.#steps.endDone(index);
      else this.#steps.end(index, { outcome: 'skipped', reason: null });
    }
  }

  /** Under a new fence nothing that was under way can commit any more: the ledger says what has. */
  async #endDoubts(runId: string): Promise<void> {
    const { run, tries } = this.#steps;
    for (const index of run.open()) {
      if (!tries.isInDoubt(index)) continue;
      const entry = this.#entryOf(index);
      if (entry?.runId === runId && isInTarget(entry.status) === (run.step(index).direction === 'up')) {
        await this.#settle();
        this.#steps.endDone(index);
      } else if (entry?.status === 'started' || entry?.status === 'undoing') {
        tries.cut(index, { index, kind: 'cancelled', error: partlyDoneError(run, index), durationMs: 0 });
      }
      tries.settle([index]);
    }
  }

  /** @throws {plan.stale} */
  #isDone(index: number, entry: LockedEntry | undefined): boolean {
    const { run } = this.#steps;
    const step = run.step(index);
    // What is partly undone is still to be undone.
    const isThere = entry !== undefined && isInTarget(entry.status);
    if (isThere !== (step.direction === 'up')) return false;
    if (isThere && entry.checksum !== step.checksum) {
      throw staleError(run.target, `${step.migrationId} was applied with other contents meanwhile`);
    }
    return true;
  }

  #entryOf(index: number): LockedEntry | undefined {
    return this.#session.entries.get(this.#steps.run.step(index).migrationId);
  }

  async #settle(): Promise<void> {
    if (!this.#isSettled) await this.#session.settle();
    this.#isSettled = true;
  }

  /** Remembers that a step failed; a rollback leaves the row as it is. */
  async noteFailure(index: number, error: BfmError): Promise<void> {
    const { migrationId, direction } = this.#steps.run.step(index);
    if (direction !== 'up') return;
    const place = formatPlace(error.details.where ?? {});
    const text = place === '' ? error.message : `${error.message} (${place})`;
    await this.#session.note([{ migrationId, status: 'failed', error: text }]);
  }

  /**
   * Remembers what stays pending before the first of `ready`, so that it is never taken for out of order: what the
   * plan passes over, and steps whose dependencies were not done. Written before anything later is applied.
   */
  async noteLeftBehind(ready: readonly number[]): Promise<void> {
    const { run } = this.#steps;
    const last = ready.at(-1) ?? 0;
    const blocked = run.group.steps
      .slice(0, last)
      .filter(
        ({ migrationId, direction }) => direction === 'up' && run.outcomeOf(migrationId) === 'not_started',
      )
      .map(({ migrationId }) => migrationId);
    const notes = [...run.group.deferred, ...blocked]
      .filter((migrationId) => !this.#session.entries.has(migrationId) && !this.#noted.has(migrationId))
      .map((migrationId) => ({ migrationId, status: 'deferred' as const, error: null }));
    if (notes.length === 0) return;
    await this.#session.note(notes);
    for (const { migrationId } of notes) this.#noted.add(migrationId);
  }
}
