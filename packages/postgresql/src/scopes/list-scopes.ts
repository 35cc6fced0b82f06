import type { ConnectionName, SchemaName } from '@bfm/core';
import type { ScopeRecord } from '@bfm/engine';
import type pg from 'pg';
import { databaseIdentity } from '../database-identity.ts';

interface ScopeRow {
  readonly connection: ConnectionName;
  readonly schema_name: SchemaName;
  readonly presence: ScopeRecord['presence'];
  readonly applied: number;
  readonly changed_at: Date | null;
  readonly retired_at: Date | null;
}

/** Every target the ledger knows. */
export async function listScopes(client: pg.ClientBase): Promise<readonly ScopeRecord[]> {
  const found = await client.query<ScopeRow>(SCOPES, [(await databaseIdentity(client)).identity]);
  return found.rows.map((row) => ({
    connection: row.connection,
    schema: row.schema_name,
    presence: row.presence,
    applied: row.applied,
    changedAt: row.changed_at?.toISOString() ?? null,
    retiredAt: row.retired_at?.toISOString() ?? null,
  }));
}

// In another copy of the database OIDs mean nothing: there the schema of the same name is the one.
const SCOPES = `
SELECT s.connection, s.schema_name, coalesce(l.applied, 0) AS applied, l.changed_at, s.retired_at,
  CASE WHEN n.oid IS NULL THEN 'missing'
       WHEN s.schema_oid IS NULL OR s.schema_oid = n.oid OR s.database_identity <> $1 THEN 'here' ELSE 'other' END AS presence
FROM bfm.scope s
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = s.schema_name
LEFT JOIN (SELECT scope_id, (count(*) FILTER (WHERE status IN ('applied', 'undoing')))::int AS applied,
                  max(changed_at) AS changed_at FROM bfm.ledger GROUP BY scope_id) l USING (scope_id)
ORDER BY s.connection COLLATE "C", s.schema_name COLLATE "C", s.created_at`;
