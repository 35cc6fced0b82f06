import type { ConnectionName, SchemaName } from '@bfm/core';
import type { SessionHold } from '@bfm/engine';
import type pg from 'pg';

/** The targets that sessions of this database hold now. */
export async function listHolds(client: pg.ClientBase): Promise<readonly SessionHold[]> {
  const found = await client.query<HoldRow>(HOLDS);
  return found.rows.map(({ connection, schema, name, since, token, ...session }) => ({
    connection,
    schema,
    holder: { name, since, token },
    ...session,
  }));
}

interface HoldRow {
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
  readonly name: string;
  readonly since: string;
  readonly token: string;
  readonly backend: number;
  readonly command: string | null;
  readonly statementMs: number | null;
  readonly state: string | null;
}

// Of the statement no more than its first word leaves the server: the rest may hold passwords and people's data.
// The lock of bfm.take, in the two halves that pg_locks shows. Connections may share a schema; who took it last has it.
const HOLDS = `
WITH lock AS MATERIALIZED (
  SELECT (l.classid::bigint << 32) | l.objid::bigint AS key, l.pid FROM pg_catalog.pg_locks l
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
), held AS (
  SELECT DISTINCT ON (s.schema_name) s.connection, s.schema_name, s.fence_holder, s.fenced_at, s.fence_token, lock.pid
  FROM bfm.scope s JOIN lock ON lock.key = pg_catalog.hashtextextended('bfm ' || s.schema_name, 0)
  WHERE s.retired_at IS NULL ORDER BY s.schema_name, s.fenced_at DESC
)
SELECT h.connection, h.schema_name AS schema, h.fence_holder AS name, h.fence_token::text AS token, h.pid AS backend,
       to_char(h.fenced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       upper(substring(a.query FROM '^\\s*([A-Za-z]{1,20})')) AS command, a.state,
       (extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.query_start, a.state_change)) * 1000)::float8 AS "statementMs"
FROM held h LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = h.pid
ORDER BY h.connection, h.schema_name`;
