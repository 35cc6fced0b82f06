import type { TargetStatus } from '../read-status.ts';
import { LazyList } from './lazy-list.ts';
import { presentError } from './present-error.ts';

/** The wire form of a status. */
export function presentStatus(targets: readonly TargetStatus[]): Record<string, unknown> {
  return {
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
    schema_exists: presence !== 'missing',
    needs: blocker,
    ...(unreachable === null ? {} : { error: presentError(unreachable) }),
  };
}
