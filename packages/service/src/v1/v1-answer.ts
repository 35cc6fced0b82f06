import type { JsonObject, StoredStep } from '@bfm/engine';
import type { NamedMigration } from './resolve-v1-id.ts';
import { toV1Text } from './v1-errors.ts';
import { toV1Entry } from './v1-places.ts';
import type { V1Outcome } from './v1-run.ts';

/** What up and down answer. */
export interface V1RunBody {
  readonly success: boolean;
  readonly applied: readonly string[];
  readonly skipped: readonly string[];
  readonly errors: readonly string[];
}

/** A body, and what transports make a status of. */
export interface V1RunAnswer {
  /** `partial`: something went wrong, or all; `busy`: another run holds what was asked for, and nothing was done. */
  readonly verdict: 'done' | 'partial' | 'busy';
  readonly body: V1RunBody;
}

/** What a run has come to, in lists. */
export interface V1Report extends Omit<V1RunBody, 'success'> {
  /** Nothing but that somebody else holds the targets. */
  readonly busy: boolean;
}

/** Makes the answer of what was found before the run, and in it. */
export function toV1Answer({ applied, skipped, errors, busy }: V1Report): V1RunAnswer {
  const success = errors.length === 0;
  return {
    verdict: success ? 'done' : busy && applied.length === 0 ? 'busy' : 'partial',
    body: { success, applied, skipped, errors },
  };
}

/** Puts the steps of a run into lists. @param migrations what was asked for; others are called by their ids */
export function toV1Report(
  { steps, run }: V1Outcome,
  migrations: ReadonlyMap<string, NamedMigration>,
): V1Report {
  const entryOf = ({ migrationId, schema }: StoredStep): string => {
    const migration = migrations.get(migrationId);
    return migration === undefined ? migrationId : toV1Entry({ migration, schema });
  };
  const having = (...outcomes: readonly string[]): readonly StoredStep[] =>
    steps.filter(({ outcome }) => outcomes.includes(outcome));
  const failed = having('failed', 'needs_attention', 'not_started');
  const codes = failed.map(({ error }) => wordOf(error, 'code'));
  return {
    applied: having('applied', 'rolled_back').map(entryOf),
    skipped: having('skipped').map(entryOf),
    errors: [...new Set([...failed.map((step) => toText(step, entryOf(step))), ...errorsOfRun(run, failed)])],
    busy: codes.length > 0 && codes.every((code) => code === 'target.locked' || code === 'step.blocked'),
  };
}

function toText({ error, outcome, schema }: StoredStep, entry: string): string {
  const code = wordOf(error, 'code') || outcome;
  const message = wordOf(error, 'message') || 'was not begun';
  return toV1Text({ code, message, entry, schema });
}

/** Of a run that did not just succeed or fail with its steps. */
function errorsOfRun(run: V1Outcome['run'], failed: readonly StoredStep[]): readonly string[] {
  if (run === null || run.status === 'succeeded') return [];
  if (run.error !== null) {
    const told = failed.some(({ error }) => wordOf(error, 'code') === wordOf(run.error, 'code'));
    if (told) return [];
    return [`${wordOf(run.error, 'code')}: ${wordOf(run.error, 'message')}`];
  }
  return run.status === 'cancelled' ? [`run.cancelled: run ${run.id} was cancelled`] : [];
}

function wordOf(value: JsonObject | null, key: string): string {
  const word = value?.[key];
  return typeof word === 'string' ? word : '';
}
