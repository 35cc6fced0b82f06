import type { ScopeChange, ScopeResult } from '@bfm/engine';
import type pg from 'pg';
import type { TakerIdentity } from '../taker-identity.ts';
import { writeScopeEvents } from './scope-events.ts';
import { withScopes } from './seize-scopes.ts';

/** The name a connection has in a ledger, and the one it is to have. */
export interface ConnectionRename {
  readonly from: string;
  readonly to: string;
}

/**
 * Gives all current targets of a connection another connection's name, and their rows the ids that the same files have
 * under it. Given-up targets and events keep the names they were written with.
 */
export async function renameConnection(
  client: pg.ClientBase,
  { from, to }: ConnectionRename,
  { change, taker }: { readonly change: ScopeChange; readonly taker: TakerIdentity },
): Promise<ScopeResult> {
  const find = { text: LOCK_CONNECTION, values: [from] };
  return withScopes(client, { change, taker, find, schemas: [] }, async (ids) => {
    await client.query(COPY_REVISIONS, [ids, to]);
    await client.query(RENAME_PROGRESS, [ids, to]);
    await client.query(RENAME_ROWS, [ids, to]);
    await client.query('UPDATE bfm.scope SET connection = $2 WHERE scope_id = ANY($1::int[])', [ids, to]);
    await writeScopeEvents(client, ids, { change, detail: { action: 'rename-connection', from, to } });
  });
}

const LOCK_CONNECTION = `
SELECT scope_id FROM bfm.scope WHERE connection = $1 AND retired_at IS NULL ORDER BY scope_id FOR UPDATE NOWAIT`;

/** The id that a revision's file has under another connection; ids are made of these parts. */
const NEW_ID = `r.version || '_' || r.name || '_postgresql_' || $2`;

// A revision is shared by all targets, given-up ones among them, so it is copied and not changed.
const COPY_REVISIONS = `
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT ${NEW_ID}, r.version, r.name, r.checksum, r.algorithm, r.body
FROM bfm.revision r WHERE r.revision_id IN (
  SELECT revision_id FROM bfm.ledger WHERE scope_id = ANY($1::int[])
  UNION SELECT revision_id FROM bfm.progress WHERE scope_id = ANY($1::int[]))
ON CONFLICT (migration_id, checksum) DO NOTHING`;

const RENAME_ROWS = `
UPDATE bfm.ledger l SET migration_id = n.migration_id, revision_id = n.revision_id
FROM bfm.revision r JOIN bfm.revision n ON n.migration_id = ${NEW_ID} AND n.checksum = r.checksum
WHERE l.scope_id = ANY($1::int[]) AND r.revision_id = l.revision_id`;

const RENAME_PROGRESS = `
UPDATE bfm.progress p SET migration_id = n.migration_id, revision_id = n.revision_id
FROM bfm.revision r JOIN bfm.revision n ON n.migration_id = ${NEW_ID} AND n.checksum = r.checksum
WHERE p.scope_id = ANY($1::int[]) AND r.revision_id = p.revision_id`;
