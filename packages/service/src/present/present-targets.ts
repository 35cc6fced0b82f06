import type { ScopePlace } from '@bfm/engine';
import type { TargetList } from '../list-targets.ts';
import type { ScopeRun } from '../targets/change-scopes.ts';
import { presentError } from './present-error.ts';

/** The wire form of a list of known targets. */
export function presentTargets({ targets, retired, unreachable }: TargetList): Record<string, unknown> {
  return {
    targets: targets.map((target) => ({
      connection: target.connection,
      schema: target.schema,
      database: target.address,
      configured: target.configured,
      kind: target.kind,
      presence: target.presence,
      applied: target.applied,
      changed_at: target.changedAt,
      retired_at: target.retiredAt,
    })),
    retired,
    ...(unreachable.length === 0 ? {} : { errors: unreachable.map(presentError) }),
  };
}

/** The wire form of what was done to whole targets. */
export function presentScopeRun(
  { runId, outcomes }: ScopeRun,
  {
    action,
    done,
    reason,
  }: { readonly action: string; readonly done: string; readonly reason: string | null },
): Record<string, unknown> {
  return {
    run: { id: runId },
    action,
    reason,
    targets: outcomes.flatMap(({ places, outcome, error }) =>
      places.map(({ connection, schema }: ScopePlace) => ({
        connection,
        schema,
        outcome: outcome === 'done' ? done : outcome,
        ...(error === null ? {} : { error: presentError(error) }),
      })),
    ),
  };
}
