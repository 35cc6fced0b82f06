import type { BfmError, LedgerEvent, PlanStep, StepResult, Target } from '@bfm/core';
import type { JsonObject, ProjectedMigration, StoredStep } from '@bfm/engine';
import { presentError } from '../present/present-error.ts';
import { storableText, toStorable } from './storable.ts';

/** Characters of an error that are kept; an event has room for 64 KiB. */
const ERROR_MAX = 12_000;
const MESSAGE_MAX = 2_000;

/** A result as the state keeps it. What was `planned` only is none. */
export function toStoredStep(result: StepResult, position: number): StoredStep {
  const { target, migrationId, direction, outcome, attempts, durationMs, error } = result;
  return {
    position,
    migrationId,
    ...target,
    direction,
    outcome: outcome === 'planned' ? 'not_started' : outcome,
    attempts,
    durationMs,
    error: error === null ? null : toStoredError(error),
  };
}

/** An error as the state keeps it: without its cause, and no longer than there is room for. */
export function toStoredError(error: BfmError): JsonObject {
  const whole = toStorable(presentError(error));
  if (JSON.stringify(whole).length <= ERROR_MAX) return whole;
  const { where } = error.details;
  return toStorable({
    code: error.code,
    message: error.publicMessage.slice(0, MESSAGE_MAX),
    details: where === undefined ? {} : { where },
    ...(error.next === null ? {} : { next: error.next.slice(0, MESSAGE_MAX) }),
  });
}

/** What a result says of a ledger; `null` when that stays as it was, or is not known. */
export function toProjected(
  result: StepResult,
  { checksum }: PlanStep,
  by: Stamp,
): ProjectedMigration | null {
  const { target, migrationId, direction, outcome, error } = result;
  const entry = { ...target, migrationId, checksum, runId: by.runId, appliedAt: null, error: null };
  const why = error === null ? outcome : storableText(error.publicMessage);
  switch (outcome) {
    case 'applied':
      return { ...entry, status: outcome, appliedAt: by.at };
    case 'rolled_back':
      return { ...entry, status: outcome };
    case 'needs_attention':
      return { ...entry, status: outcome, error: why };
    case 'failed':
      // A rollback that failed leaves its migration applied.
      return direction === 'down' ? null : { ...entry, status: outcome, error: why };
    default:
      return null;
  }
}

/** When something was done, and in which run. */
export interface Stamp {
  readonly runId: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What an event of a ledger says of a migration that is applied, or rolled back. */
export function projectedByEvent(
  { target, step }: { readonly target: Target; readonly step: PlanStep },
  event: LedgerEvent,
): ProjectedMigration {
  const isUp = step.direction === 'up';
  return {
    ...target,
    migrationId: step.migrationId,
    status: isUp ? 'applied' : 'rolled_back',
    checksum: event.checksum,
    appliedAt: isUp ? event.at : null,
    runId: event.runId,
    error: null,
  };
}
