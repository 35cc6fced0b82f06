import type { ConnectionName, SchemaName } from '@bfm/core';
import type { LedgerExamination, ScopePlace } from '@bfm/engine';
import type pg from 'pg';
import { damagedLedger } from '../damaged-ledger.ts';
import { isWatched } from '../ensure-ledger.ts';
import { LEDGER_FORMAT } from '../ledger-ddl.ts';
import { readUnfinished } from '../unfinished.ts';

/** The format that brought digests and progress. */
const FORMAT_OF_DIGESTS = 2;

/** What a ledger says of itself; `null` when there is none. */
export async function examineLedger(
  client: pg.ClientBase,
  identity: string,
): Promise<LedgerExamination | null> {
  const rights = await client.query<{ owned: boolean; lacking: string[] }>(RIGHTS);
  const [found] = rights.rows;
  if (found === undefined) return null;
  const { owned, lacking } = found;
  const nothing = { unsound: [], rebound: [], unfinished: [] };
  if (lacking.some((right) => /^(?:USAGE|SELECT) /.test(right))) {
    return { format: 0, known: LEDGER_FORMAT, owned, lacking, ...nothing };
  }
  const formats = await client.query<{ version: number }>('SELECT version FROM bfm.format');
  const format = formats.rows[0]?.version ?? 0;
  const head = { format, known: LEDGER_FORMAT, owned, lacking };
  if (format > LEDGER_FORMAT) return { ...head, ...nothing };
  const rebound = await client.query<PlaceRow>(REBOUND, [identity]);
  if (format < FORMAT_OF_DIGESTS) return { ...head, ...nothing, rebound: rebound.rows.map(toPlace) };
  if (!(await isWatched(client))) {
    throw damagedLedger('schema bfm', 'the triggers that keep its digests are gone or switched off', {
      next: 'let the next bfm up, or the owner with what bfm init --sql prints, make them anew; then look here again',
    });
  }
  const unsound = await client.query<PlaceRow>(UNSOUND);
  const unfinished = await readUnfinished(client, null);
  return {
    ...head,
    unsound: unsound.rows.map(toPlace),
    rebound: rebound.rows.map(toPlace),
    unfinished,
  };
}

interface PlaceRow {
  readonly connection: ConnectionName;
  readonly schema_name: SchemaName;
}

function toPlace({ connection, schema_name: schema }: PlaceRow): ScopePlace {
  return { connection, schema };
}

// What every login of a run needs. Tables of a later format than the ledger's are not there, and no right on them lacks.
const RIGHTS = `
SELECT pg_catalog.pg_has_role(n.nspowner, 'USAGE') AS owned,
  coalesce((SELECT array_agg(w.kind || ' on ' || w.object ORDER BY w.position) FROM (
    SELECT 0 AS position, 'USAGE' AS kind, 'schema bfm' AS object
    WHERE NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    UNION ALL
    SELECT r.position, kind, 'bfm.' || r.name
    FROM (VALUES (1, 'format', 'SELECT'), (2, 'scope', 'SELECT,INSERT,UPDATE'), (3, 'revision', 'SELECT,INSERT'),
                 (4, 'ledger', 'SELECT,INSERT,UPDATE,DELETE'), (5, 'event', 'SELECT,INSERT'),
                 (6, 'progress', 'SELECT,INSERT,UPDATE,DELETE')) AS r(position, name, kinds)
    CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.string_to_array(r.kinds, ',')) AS kind
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = r.name
    WHERE NOT pg_catalog.has_table_privilege(c.oid, kind)) AS w), '{}') AS lacking
FROM pg_catalog.pg_namespace n
WHERE n.nspname = 'bfm' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'format')`;

const REBOUND = `
SELECT connection, schema_name FROM bfm.scope WHERE retired_at IS NULL AND database_identity <> $1
ORDER BY connection, schema_name`;

const UNSOUND = `
SELECT s.connection, s.schema_name
FROM bfm.scope s
LEFT JOIN (SELECT scope_id, bit_xor(bfm.row_digest(revision_id, status)) AS digest FROM bfm.ledger GROUP BY scope_id) d
  USING (scope_id)
WHERE s.retired_at IS NULL AND s.digest <> coalesce(d.digest, 0::bit(128))
ORDER BY s.connection, s.schema_name`;
