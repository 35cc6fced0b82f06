import type { EditOptions, EditResult, LedgerEdit, LockedLedger, RowChange } from '@bfm/engine';
import type pg from 'pg';
import { CATALOG_ALGORITHM, catalogChecksums } from './catalog-checksum/catalog-checksum.ts';
import { assertFenceQuery, type FenceHold } from './ledger-writes.ts';
import { doneDigest } from './resumable/done-digest.ts';
import { takeTarget } from './take-target.ts';
import type { TakerIdentity } from './taker-identity.ts';
import { toTargetError } from './target-error.ts';
import { withWrites } from './with-writes.ts';

/** Who edits, and what is to be written once it is known what the ledger says. */
export interface LedgerEditing {
  readonly options: EditOptions;
  readonly taker: TakerIdentity;
  readonly decide: (ledger: LockedLedger) => LedgerEdit | null;
}

/**
 * Takes a target, writes what `decide` gives in one transaction under the fence, and gives the target back. The caller
 * drops the connection when this throws, which frees the lock.
 */
export async function editLedger(client: pg.ClientBase, editing: LedgerEditing): Promise<EditResult> {
  const { options, taker } = editing;
  const taken = await takeTarget(client, options, taker);
  if (!taken.ok) return taken;
  const hold: FenceHold = { ...taken.hold, revisions: new Map() };
  try {
    const { failpoints } = taker;
    const edit = await withWrites(client, { kind: 'edit', failpoints }, async () => {
      await client.query(assertFenceQuery(hold, false));
      const catalogChecksum = options.withCatalog ? await checksumOf(client, options) : null;
      const decided = editing.decide({ entries: taken.entries, catalogChecksum });
      if (decided !== null) await writeEdit(client, hold, withCatalogDetail(decided, catalogChecksum));
      return decided;
    });
    if (taker.lock === 'session') await client.query('SELECT pg_catalog.pg_advisory_unlock_all()');
    return { ok: true, edit };
  } catch (error) {
    throw toTargetError(error, options.target);
  }
}

async function checksumOf(client: pg.ClientBase, { target }: EditOptions): Promise<string | null> {
  return (await catalogChecksums(client, [target.schema])).get(target.schema) ?? null;
}

function withCatalogDetail(edit: LedgerEdit, catalog: string | null): LedgerEdit {
  if (catalog === null) return edit;
  return { ...edit, detail: { ...edit.detail, catalog, catalog_algorithm: CATALOG_ALGORITHM } };
}

async function writeEdit(client: pg.ClientBase, hold: FenceHold, edit: LedgerEdit): Promise<void> {
  const { scopeId, runId } = hold;
  const rows = [
    ...edit.changes.flatMap(({ migrationId, after }) => (after === null ? [] : [{ migrationId, ...after }])),
    ...edit.deferred.map((row) => ({ ...row, status: 'deferred' })),
  ];
  const column = (key: 'migrationId' | 'checksum' | 'status'): string[] => rows.map((row) => row[key]);
  const columns = [column('migrationId'), column('checksum'), column('status')];
  const written = await client.query(WRITE_ROWS, [scopeId, runId, ...columns]);
  if (written.rowCount !== rows.length) throw new Error('a revision of an edit was not prepared');
  const gone = edit.changes.filter(({ after }) => after === null).map(({ migrationId }) => migrationId);
  await client.query(DELETE_ROWS, [scopeId, gone]);
  await writeProgress(client, hold, edit);
  await writeEvents(client, hold, edit);
}

/** Whatever a row is made by hand, how far a run had come counts no more, unless it is said how far. */
async function writeProgress(client: pg.ClientBase, hold: FenceHold, edit: LedgerEdit): Promise<void> {
  const ids = edit.changes.map(({ migrationId }) => migrationId);
  if (edit.done === null) {
    await client.query(FORGET_PROGRESS, [hold.scopeId, ids]);
    return;
  }
  const { length } = edit.done;
  const values = [length, doneDigest(edit.done, length), hold.runId, hold.actor, hold.token];
  const moved = await client.query(MOVE_PROGRESS, [hold.scopeId, ids, ...values]);
  if (moved.rowCount !== 1) throw new Error('the progress to be moved was not there');
}

async function writeEvents(client: pg.ClientBase, hold: FenceHold, edit: LedgerEdit): Promise<void> {
  const { changes, kind, reason } = edit;
  await client.query(WRITE_EVENTS, [
    hold.scopeId,
    kind,
    hold.runId,
    hold.actor,
    hold.token,
    reason,
    changes.map(({ migrationId }) => migrationId),
    changes.map(({ before, after }) => (after ?? before)?.checksum ?? ''),
    changes.map((change) => JSON.stringify(detailOf(change, edit))),
  ]);
}

function detailOf(
  { before, after, detail: own }: RowChange,
  { action, detail, done }: LedgerEdit,
): Record<string, unknown> {
  const progress = done === null ? {} : { statements_done: done.length };
  return { action, ...detail, ...own, ...progress, before, after };
}

// A row bears the run that brought its status about: another text for it leaves that as it is.
const WRITE_ROWS = `
INSERT INTO bfm.ledger AS l (scope_id, migration_id, revision_id, status, run_id)
SELECT $1, c.migration_id, r.revision_id, c.status, $2
FROM unnest($3::text[], $4::text[], $5::text[]) AS c(migration_id, checksum, status)
JOIN bfm.revision r ON r.migration_id = c.migration_id AND r.checksum = c.checksum
ON CONFLICT (scope_id, migration_id) DO UPDATE
  SET revision_id = excluded.revision_id, status = excluded.status, changed_at = clock_timestamp(),
      run_id = CASE WHEN l.status = excluded.status THEN l.run_id ELSE excluded.run_id END`;

const DELETE_ROWS = 'DELETE FROM bfm.ledger WHERE scope_id = $1 AND migration_id = ANY($2::text[])';

const FORGET_PROGRESS = 'DELETE FROM bfm.progress WHERE scope_id = $1 AND migration_id = ANY($2::text[])';

const MOVE_PROGRESS = `
UPDATE bfm.progress p SET statements_done = $3, done_digest = $4, rows_done = 0, batches_done = 0,
  intent_statement = NULL, intent = NULL, run_id = $5, actor = $6, fence_token = $7, changed_at = clock_timestamp(),
  revision_id = l.revision_id
FROM bfm.ledger l WHERE l.scope_id = $1 AND l.migration_id = ANY($2::text[])
  AND p.scope_id = l.scope_id AND p.migration_id = l.migration_id`;

const WRITE_EVENTS = `
INSERT INTO bfm.event (scope_id, kind, migration_id, revision_id, run_id, actor, fence_token, reason, detail)
SELECT $1, $2, c.migration_id, r.revision_id, $3, $4, $5, $6, c.detail
FROM unnest($7::text[], $8::text[], $9::jsonb[]) AS c(migration_id, checksum, detail)
JOIN bfm.revision r ON r.migration_id = c.migration_id AND r.checksum = c.checksum`;
