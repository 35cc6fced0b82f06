import type { Checksum, MigrationId } from '@bfm/core';
import type { LockedEntry, OpenOptions } from '@bfm/engine';
import type pg from 'pg';
import type { FenceHold } from './ledger-writes.ts';
import { DEADLINES } from './with-writes.ts';

/** A target that has been taken on a connection. */
export interface TakenTarget {
  readonly ok: true;
  readonly hold: Omit<FenceHold, 'revisions'>;
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  /** The backend the target was taken on. */
  readonly pid: number;
}

/** What a holder is told apart by. */
export interface TakerIdentity {
  /** Of the database. */
  readonly identity: string;
  /** A text no other taker has. */
  readonly uniqueId: string;
}

/**
 * Tries once to take a target on a connection: session lock, fence, then the ledger inside the lock; sent at once, the
 * ledger read in a later transaction than the taking, so that it sees what was committed before. Never waits for a lock.
 */
export async function takeTarget(
  client: pg.ClientBase,
  options: OpenOptions,
  { identity, uniqueId }: TakerIdentity,
): Promise<TakenTarget | { readonly ok: false; readonly holder: string }> {
  const { target, runId, actor } = options;
  const place = [target.connection, target.schema];
  const holder = `${actor} (run ${runId}, session ${uniqueId})`;
  const [, , takes, , rows, backends] = await Promise.all([
    client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'),
    client.query(DEADLINES),
    client.query<TakeRow>(TAKE, [...place, holder, identity]),
    client.query('COMMIT'),
    client.query<EntryRow>(ENTRIES, place),
    client.query<{ pid: number }>(BACKEND_PID),
  ]);
  const [take] = takes.rows;
  const [backend] = backends.rows;
  if (take === undefined || backend === undefined) throw new Error('bfm.take answered no row');
  if (take.o_scope === null || take.o_token === null) {
    return { ok: false, holder: take.o_held_by ?? 'another session' };
  }
  return {
    ok: true,
    hold: { scopeId: take.o_scope, token: take.o_token, holder, runId, actor },
    entries: new Map(rows.rows.map((row) => [row.migration_id, toLockedEntry(row)])),
    pid: backend.pid,
  };
}

interface TakeRow {
  readonly o_scope: number | null;
  readonly o_token: string | null;
  readonly o_held_by: string | null;
}

interface EntryRow {
  readonly migration_id: MigrationId;
  readonly version: LockedEntry['version'];
  readonly checksum: Checksum;
  readonly status: LockedEntry['status'];
  readonly run_id: string;
}

const TAKE = 'SELECT o_scope, o_token::text, o_held_by FROM bfm.take($1, $2, $3, $4)';

const ENTRIES = `
SELECT l.migration_id, r.version, r.checksum, l.status, l.run_id
FROM bfm.scope s JOIN bfm.ledger l USING (scope_id) JOIN bfm.revision r USING (revision_id)
WHERE s.connection = $1 AND s.schema_name = $2 AND s.retired_at IS NULL`;

const BACKEND_PID = 'SELECT pg_catalog.pg_backend_pid() AS pid';

function toLockedEntry(row: EntryRow): LockedEntry {
  const { migration_id: migrationId, version, checksum, status, run_id: runId } = row;
  return { migrationId, version, checksum, status, runId };
}
