import type { Fault } from '@bfm/core';
import type { TargetStatus } from '../read-status.ts';
import { LazyList } from './lazy-list.ts';
import { presentError } from './present-error.ts';

/** The wire form of a status, with the faults of what is pending. */
export function presentStatus(
  targets: readonly TargetStatus[],
  faults: readonly Fault[],
): Record<string, unknown> {
  return {
    faults,
    targets: new LazyList(() => targets.values().map(presentTarget)),
  };
}

function presentTarget(status: TargetStatus): Record<string, unknown> {
  const { target, unreachable, applied, newest, pending, failed, started, drift, blocker, presence } = status;
  return {
    connection: target.connection,
    schema: target.schema,
    backend: target.backend,
    reachable: unreachable === null,
    applied,
    newest_version: newest,
    pending,
    failed,
    started,
    drift: drift.map(({ kind, migrationId, ...rest }) => ({ kind, migration_id: migrationId, ...rest })),
    unfinished: status.unfinished.map(presentUnfinished),
    held_by: status.held,
    schema_exists: presence !== 'missing',
    needs: blocker,
    ...(unreachable === null ? {} : { error: presentError(unreachable) }),
  };
}

function presentUnfinished(unfinished: TargetStatus['unfinished'][number]): Record<string, unknown> {
  const { migrationId, status, running, error } = unfinished;
  return {
    migration_id: migrationId,
    status,
    running,
    statements_done: unfinished.statementsDone,
    statement_begun: unfinished.statementBegun,
    rows_done: unfinished.rowsDone,
    batches_done: unfinished.batchesDone,
    error,
  };
}
