import { DATABASE_IDENTITY } from './database-identity.ts';
import { ROW_DIGEST } from './ledger-format/digest-functions.ts';

/** One kind of target: all that stand alike, by the ledger and by what is in their schemas. */
export interface KindRow {
  readonly connection: string;
  readonly scope: 'none' | 'known' | 'recreated';
  readonly presence: 'missing' | 'empty' | 'populated';
  /** The ledger was written in another copy of the database. */
  readonly rebound: boolean;
  /** Number of the ledger's shape; `null` when there is no ledger. */
  readonly shape: number | null;
  /** Where they stood among the targets asked for by name, from 1. */
  readonly positions: readonly number[] | null;
  /** The schemas of those that the ledger alone knew of. */
  readonly known: readonly string[] | null;
}

/** What one ledger of a shape says. */
export interface ShapeRow {
  readonly shape: number;
  /** 128 binary digits. */
  readonly digest: string;
  /** False when the rows do not come to the digest that is kept. */
  readonly sound: boolean;
  /** Revision and status, ordered by revision. */
  readonly rows: readonly (readonly [revision: number, status: string])[];
}

/** A text that a ledger speaks of. */
export interface RevisionRow {
  readonly revision_id: number;
  readonly migration_id: string;
  readonly version: string;
  readonly checksum: string;
}

/** The answer of an inspecting query: its only row. */
export interface InspectRow {
  readonly format: number | null;
  readonly kinds: readonly KindRow[] | null;
  readonly shapes: readonly ShapeRow[] | null;
  readonly revisions: readonly RevisionRow[] | null;
  readonly connections: readonly string[] | null;
  readonly held: readonly HeldRow[] | null;
}

/** A schema that a session holds. */
export interface HeldRow {
  readonly schema: string;
  readonly holder: string;
  readonly seconds: number;
}

// The lock of bfm.take, whose key is made of the schema's name. Usually nobody holds any, and no name is looked at.
const HELD = `
lock AS MATERIALIZED (
  SELECT (l.classid::bigint << 32) | l.objid::bigint AS key FROM pg_catalog.pg_locks l
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
),
held AS (
  SELECT DISTINCT ON (s.schema_name) s.schema_name AS schema, s.fence_holder AS holder,
         extract(epoch FROM pg_catalog.clock_timestamp() - s.fenced_at)::int AS seconds
  FROM bfm.scope s
  WHERE s.retired_at IS NULL AND EXISTS (SELECT FROM lock)
    AND pg_catalog.hashtextextended('bfm ' || s.schema_name, 0) IN (SELECT key FROM lock)
  ORDER BY s.schema_name, s.fenced_at DESC
)`;

const FORMAT_AND_REVISIONS = `
format AS (SELECT version FROM bfm.format),
ledger AS NOT MATERIALIZED (SELECT scope_id, revision_id, status FROM bfm.ledger),
revision AS NOT MATERIALIZED (SELECT revision_id, migration_id, version, checksum FROM bfm.revision)`;

const KEPT = `
scope AS NOT MATERIALIZED (
  SELECT scope_id, connection, schema_name, schema_oid, database_identity, retired_at, digest FROM bfm.scope
),
${FORMAT_AND_REVISIONS},
${HELD}`;

const COUNTED = `
digests AS (SELECT l.scope_id, bit_xor(${ROW_DIGEST}) AS digest FROM bfm.ledger l GROUP BY l.scope_id),
scope AS MATERIALIZED (
  SELECT s.scope_id, s.connection, s.schema_name, s.schema_oid, s.database_identity, s.retired_at,
         coalesce(d.digest, 0::bit(128)) AS digest
  FROM bfm.scope s LEFT JOIN digests d USING (scope_id)
),
${FORMAT_AND_REVISIONS},
${HELD}`;

const NOTHING = `
scope AS (SELECT 0 AS scope_id, '' AS connection, '' AS schema_name, 0::oid AS schema_oid, '' AS database_identity,
                 NULL::timestamptz AS retired_at, 0::bit(128) AS digest WHERE false),
format AS (SELECT 0 AS version WHERE false),
ledger AS (SELECT 0 AS scope_id, 0 AS revision_id, '' AS status WHERE false),
revision AS (SELECT 0 AS revision_id, '' AS migration_id, '' AS version, '' AS checksum WHERE false),
held AS (SELECT '' AS schema, '' AS holder, 0 AS seconds WHERE false)`;

// Every object of a schema depends on it, and that is indexed, which the schema of pg_class is not. What an extension owns
// does not count: it came with CREATE EXTENSION, not with an application. A LIMIT keeps the planner from hashing them all.
const HOLDS_OBJECTS = `
SELECT true FROM pg_catalog.pg_depend d
WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = p.namespace
  AND d.classid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_type'::regclass)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
LIMIT 1`;

// In another copy of the database OIDs mean nothing: the ledger there speaks of the schema of the same name.
const PLACES = `
here AS MATERIALIZED (${DATABASE_IDENTITY}),
asked AS (
  SELECT w.connection, w.schema_name, w.position
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(connection, schema_name, position)
  UNION ALL
  SELECT s.connection, s.schema_name, NULL FROM scope s WHERE s.connection = ANY($3::text[]) AND s.retired_at IS NULL
),
place AS MATERIALIZED (
  SELECT a.connection, a.schema_name, a.position, n.oid AS namespace, s.scope_id, s.digest,
         CASE WHEN s.scope_id IS NOT NULL THEN dense_rank() OVER (ORDER BY s.digest) END AS shape,
         coalesce(s.database_identity <> h.identity, false) AS rebound,
         coalesce(s.schema_oid = n.oid, false) AS same,
         CASE WHEN s.scope_id IS NULL THEN 'none'
              WHEN s.schema_oid IS NULL OR s.schema_oid = n.oid OR s.database_identity <> h.identity THEN 'known'
              ELSE 'recreated' END AS scope
  FROM here h CROSS JOIN asked a
  LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema_name
  LEFT JOIN scope s ON s.connection = a.connection AND s.schema_name = a.schema_name AND s.retired_at IS NULL
)`;

// One ledger of each shape is read and its digest worked out anew: digests that no longer hold are found out.
const SHAPES = `
sample AS MATERIALIZED (
  SELECT DISTINCT ON (shape) shape, scope_id, digest FROM place WHERE shape IS NOT NULL ORDER BY shape
),
entry AS MATERIALIZED (SELECT a.shape, l.revision_id, l.status FROM sample a JOIN ledger l USING (scope_id)),
summary AS (
  SELECT l.shape, bit_xor(${ROW_DIGEST}) AS digest, bool_or(l.status IN ('applied', 'undoing')) AS live,
         json_agg(json_build_array(l.revision_id, l.status) ORDER BY l.revision_id) AS rows
  FROM entry l GROUP BY l.shape
),
shape AS MATERIALIZED (
  SELECT a.shape, a.digest, coalesce(m.digest, 0::bit(128)) = a.digest AS sound,
         coalesce(m.live, false) AS live, coalesce(m.rows, '[]'::json) AS rows
  FROM sample a LEFT JOIN summary m USING (shape)
)`;

// Only schemas where nothing is applied are looked into: what a ledger calls applied is there.
const KINDS = `
stand AS (
  SELECT p.*, CASE WHEN p.namespace IS NULL THEN 'missing'
                   WHEN p.same AND h.live THEN 'populated'
                   WHEN (${HOLDS_OBJECTS}) THEN 'populated'
                   ELSE 'empty' END AS presence
  FROM place p LEFT JOIN shape h USING (shape)
),
kind AS (
  SELECT connection, scope, presence, rebound, shape,
         json_agg(position) FILTER (WHERE position IS NOT NULL) AS positions,
         json_agg(schema_name) FILTER (WHERE position IS NULL) AS known
  FROM stand GROUP BY connection, scope, presence, rebound, shape
)`;

const ANSWER = `
SELECT (SELECT version FROM format) AS format,
  (SELECT json_agg(k) FROM kind k) AS kinds,
  (SELECT json_agg(json_build_object('shape', h.shape, 'digest', h.digest::text, 'sound', h.sound, 'rows', h.rows))
   FROM shape h) AS shapes,
  (SELECT json_agg(r) FROM revision r WHERE r.revision_id IN (SELECT revision_id FROM entry)) AS revisions,
  (SELECT json_agg(c.connection) FROM (SELECT DISTINCT connection FROM scope) c) AS connections,
  (SELECT json_agg(h) FROM held h) AS held`;

/**
 * Everything that is asked of a ledger, in one statement and so in one snapshot, whose answer grows with the number of
 * different ledgers and not with their length. Parameters: connections and schemas of the targets asked for by name, and
 * the connections of which all known targets are meant.
 */
export const INSPECT = `WITH ${KEPT}, ${PLACES}, ${SHAPES}, ${KINDS} ${ANSWER}`;

/** The same where no digests are kept (format 1), or none that hold: they are worked out of every row. */
export const INSPECT_COUNTING = `WITH ${COUNTED}, ${PLACES}, ${SHAPES}, ${KINDS} ${ANSWER}`;

/** The same of a database without a ledger. */
export const INSPECT_WITHOUT_LEDGER = `WITH ${NOTHING}, ${PLACES}, ${SHAPES}, ${KINDS} ${ANSWER}`;
