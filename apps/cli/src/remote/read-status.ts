import type { TargetStatus as WireStatus } from '@bfm/client';
import type { TargetStatus } from '@bfm/service';
import { readError, type WireError } from './read-error.ts';

type WireItem = Readonly<Record<string, unknown>>;

/** Makes a status of what a server tells of a target. */
export function readTargetStatus(wire: WireStatus): TargetStatus {
  const { connection, schema, backend, error, applied, pending, drift } = wire;
  return {
    target: { backend, connection, schema },
    unreachable: error === undefined ? null : readError(error as WireError),
    presence: wire['schema_exists'] === false ? 'missing' : 'populated',
    applied,
    newest: wire['newest_version'],
    pending,
    failed: wire['failed'],
    started: wire['started'],
    drift: drift.map(({ migration_id: migrationId, ...rest }) => ({ ...rest, migrationId })),
    unfinished: (wire['unfinished'] as readonly WireItem[]).map((each) => readUnfinished(each, wire)),
    held: wire['held_by'],
    blocker: wire['needs'],
  } as unknown as TargetStatus;
}

function readUnfinished(wire: WireItem, { connection, schema }: WireStatus): WireItem {
  return {
    connection,
    schema,
    migrationId: wire['migration_id'],
    status: wire['status'],
    running: wire['running'],
    statementsDone: wire['statements_done'],
    statementBegun: wire['statement_begun'],
    rowsDone: wire['rows_done'],
    batchesDone: wire['batches_done'],
    error: wire['error'],
  };
}
