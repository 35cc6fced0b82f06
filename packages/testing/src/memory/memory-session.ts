import {
  BfmError,
  mendFile,
  targetKey,
  type LedgerEventKind,
  type MigrationId,
  type PlanStep,
} from '@bfm/core';
import type {
  LockedEntry,
  PendingNote,
  SeriesFailureKind,
  SeriesObserver,
  SeriesResult,
  StepSeries,
  TargetSession,
} from '@bfm/engine';
import type { Behaviour, MemoryScope, StatementEffect } from './memory-scope.ts';
import type { TestClock } from './test-clock.ts';

/** What a session works on. */
export interface MemorySessionInit {
  readonly scope: MemoryScope;
  readonly runId: string;
  readonly actor: string;
  readonly behaviour: Behaviour;
  readonly effects: string[];
  readonly clock: TestClock;
}

/** A taken target of a memory store. */
export class MemorySession implements TargetSession {
  readonly fencingToken: string;
  readonly lost: AbortSignal = new AbortController().signal;
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  readonly #init: MemorySessionInit;
  readonly #token: number;
  #committed = 0;

  constructor(init: MemorySessionInit) {
    this.#init = init;
    this.#token = init.scope.token;
    this.fencingToken = String(init.scope.token);
    this.entries = new Map(init.scope.entries);
  }

  async applySeries(series: StepSeries, observer: SeriesObserver): Promise<SeriesResult> {
    this.#committed = 0;
    const indices = [...series.steps.keys()];
    const batches = series.commit === 'per-target' ? [indices] : indices.map((index) => [index]);
    for (const batch of batches) {
      await Promise.resolve();
      if (series.stop.aborted) break;
      const failed = this.#transaction(batch, series, observer);
      if (failed !== null) return { committed: this.#committed, failure: failed };
    }
    return { committed: this.#committed, failure: null };
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  rest(ms: number): Promise<void> {
    return this.#init.clock.sleep(ms);
  }

  note(notes: readonly PendingNote[]): Promise<void> {
    for (const { migrationId, status, error } of notes) {
      const version = migrationId.slice(0, 14) as LockedEntry['version'];
      const checksum = '' as LockedEntry['checksum'];
      this.#init.scope.entries.set(migrationId, {
        migrationId,
        version,
        checksum,
        status,
        runId: this.#init.runId,
      });
      if (status === 'failed') this.#event('failed', { migrationId, checksum, error });
    }
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#init.scope.token === this.#token) this.#init.scope.holder = null;
    return Promise.resolve();
  }

  #transaction(
    batch: readonly number[],
    series: StepSeries,
    observer: SeriesObserver,
  ): SeriesResult['failure'] {
    const done: string[] = [];
    let lostAfter: number | null = null;
    for (const index of batch) {
      const step = series.steps[index];
      if (step === undefined) throw new RangeError(`no step ${index}`);
      observer.stepSent(index);
      observer.stepStarted(index);
      if (this.#init.scope.token !== this.#token) return this.#failure(index, 'fenced');
      for (const [number, { text }] of step.statements.entries()) {
        const effect = this.#init.behaviour(text, this.#init.scope.target);
        if (effect === 'lost_after_commit') lostAfter = index;
        else if (effect !== 'ok') return this.#failure(index, toKind(effect));
        done.push(`${targetKey(this.#init.scope.target)}: ${text}`);
        observer.statementFinished(index, { statement: number + 1, durationMs: 0, command: 'DO', sql: text });
      }
    }
    this.#commit(batch, series, done);
    if (lostAfter !== null) return this.#failure(lostAfter, 'lost');
    for (const index of batch) {
      this.#committed += 1;
      observer.stepCommitted(index, 0);
    }
    return null;
  }

  #commit(batch: readonly number[], series: StepSeries, done: readonly string[]): void {
    this.#init.scope.exists = true;
    this.#init.effects.push(...done);
    for (const index of batch) {
      const step = series.steps[index];
      if (step !== undefined) this.#record(step);
    }
  }

  #record({ migrationId, version, checksum, direction }: PlanStep): void {
    const status = direction === 'up' ? 'applied' : 'rolled_back';
    const { scope, runId } = this.#init;
    scope.entries.set(migrationId, { migrationId, version, checksum, status, runId });
    this.#event(status, { migrationId, checksum, error: null });
  }

  #event(
    kind: LedgerEventKind,
    { migrationId, checksum, error }: { migrationId: MigrationId; checksum: string; error: string | null },
  ): void {
    const { scope, runId, actor } = this.#init;
    const { connection, schema } = scope.target;
    const eventId = String(scope.events.length + 1);
    const at = '2026-01-01T00:00:00.000Z';
    scope.events.push({
      eventId,
      kind,
      migrationId,
      connection,
      schema,
      at,
      runId,
      actor,
      checksum,
      durationMs: 0,
      error,
      reason: null,
      detail: null,
    });
  }

  #failure(index: number, kind: SeriesFailureKind): SeriesResult['failure'] {
    const next = kind === 'failed' ? { next: mendFile('up') } : {};
    const error = new BfmError(CODES[kind], { message: `told to be ${kind}`, ...next });
    return { index, kind, error, durationMs: 0 };
  }
}

const CODES = {
  failed: 'step.failed',
  contended: 'step.lock_timeout',
  lost: 'target.unreachable',
  fenced: 'target.fence_lost',
  cancelled: 'run.cancelled',
  attention: 'step.unknown',
} as const satisfies Record<SeriesFailureKind, BfmError['code']>;

function toKind(effect: Exclude<StatementEffect, 'ok' | 'lost_after_commit'>): SeriesFailureKind {
  return effect === 'lost_before_commit' ? 'lost' : effect;
}
