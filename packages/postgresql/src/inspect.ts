import {
  parseSchemaName,
  type Checksum,
  type LedgerEntry,
  type LedgerShape,
  type LedgerStatus,
  type MigrationId,
  type SchemaName,
  type TargetState,
  type Version,
} from '@bfm/core';
import type { InspectQuery, StoreSnapshot } from '@bfm/engine';
import type pg from 'pg';
import { databaseIdentity } from './database-identity.ts';
import { ledgerFormat } from './ensure-ledger.ts';

/** One target as the first query finds it; numbers are OIDs or ids, `null` where there is nothing. */
interface Place {
  readonly connection: string;
  readonly schema_name: string;
  readonly namespace: number | null;
  readonly scope_id: number | null;
  readonly schema_oid: number | null;
  readonly database_identity: string | null;
}

const EMPTY: LedgerShape = { key: '', entries: new Map() };

/**
 * Reads the ledgers of many targets in one snapshot: a handful of queries whatever the number of targets. Targets
 * whose ledgers say the same share one {@link LedgerShape}.
 */
export async function inspect(
  client: pg.ClientBase,
  address: string,
  queries: readonly InspectQuery[],
): Promise<StoreSnapshot> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const hasLedger = (await ledgerFormat(client, address)) !== null;
    const identity = await databaseIdentity(client);
    const places = await readPlaces(client, queries, hasLedger);
    const shapes = hasLedger ? await readShapes(client, address, places) : new Map<number, LedgerShape>();
    const populated = await readPopulated(client, places, shapes);
    const names = hasLedger ? await client.query<{ connection: string }>(CONNECTIONS) : { rows: [] };
    return {
      targets: places.map((place) => toState(place, { identity, shapes, populated })),
      ledgerConnections: names.rows.map(({ connection }) => connection),
      rebound: places
        .filter((place) => isRebound(place, identity))
        .map(({ schema_name }) => schema_name as SchemaName),
    };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

const CONNECTIONS = 'SELECT DISTINCT connection FROM bfm.scope ORDER BY connection';

// The order of the arguments is the order of the answer.
const PLACES = `
SELECT w.connection, w.schema_name, n.oid::int8::float8 AS namespace, s.scope_id,
       s.schema_oid::int8::float8 AS schema_oid, s.database_identity
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(connection, schema_name, position)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
LEFT JOIN bfm.scope s ON s.connection = w.connection AND s.schema_name = w.schema_name AND s.retired_at IS NULL
ORDER BY w.position`;

const PLACES_WITHOUT_LEDGER = `
SELECT w.connection, w.schema_name, n.oid::int8::float8 AS namespace, NULL::int AS scope_id,
       NULL::float8 AS schema_oid, NULL::text AS database_identity
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(connection, schema_name, position)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
ORDER BY w.position`;

const KNOWN_PLACES = `
SELECT connection, schema_name FROM bfm.scope WHERE connection = ANY($1::text[]) AND retired_at IS NULL
ORDER BY connection, schema_name`;

async function readPlaces(
  client: pg.ClientBase,
  queries: readonly InspectQuery[],
  hasLedger: boolean,
): Promise<readonly Place[]> {
  const connections: string[] = [];
  const schemas: string[] = [];
  const known = queries.filter((query) => query.schemas === 'known').map(({ connection }) => connection);
  if (hasLedger && known.length > 0) {
    const found = await client.query<{ connection: string; schema_name: string }>(KNOWN_PLACES, [known]);
    for (const row of found.rows) {
      connections.push(row.connection);
      schemas.push(row.schema_name);
    }
  }
  for (const query of queries) {
    if (query.schemas === 'known') continue;
    for (const schema of query.schemas) {
      connections.push(query.connection);
      schemas.push(schema);
    }
  }
  const places = await client.query<Place>(hasLedger ? PLACES : PLACES_WITHOUT_LEDGER, [
    connections,
    schemas,
  ]);
  return places.rows;
}

// Ids and statuses of a ledger, packed into one array per scope, so that equal ledgers meet in one group.
const SHAPES = `
WITH packed AS (
  SELECT scope_id, array_agg(revision_id::text || status ORDER BY revision_id) AS shape
  FROM bfm.ledger WHERE scope_id = ANY($1::int[]) GROUP BY scope_id
)
SELECT shape, array_agg(scope_id) AS scopes FROM packed GROUP BY shape`;

const REVISIONS = `
SELECT revision_id, migration_id, version, checksum FROM bfm.revision WHERE revision_id = ANY($1::int[])`;

interface RevisionRow {
  readonly revision_id: number;
  readonly migration_id: MigrationId;
  readonly version: Version;
  readonly checksum: Checksum;
}

async function readShapes(
  client: pg.ClientBase,
  address: string,
  places: readonly Place[],
): Promise<Map<number, LedgerShape>> {
  const scopes = places.map(({ scope_id }) => scope_id).filter((id) => id !== null);
  const packed = await client.query<{ shape: string[]; scopes: number[] }>(SHAPES, [scopes]);
  const ids = new Set(packed.rows.flatMap(({ shape }) => shape.map((item) => Number.parseInt(item, 10))));
  const found = await client.query<RevisionRow>(REVISIONS, [[...ids]]);
  const revisions = new Map(found.rows.map((row) => [row.revision_id, row]));
  const shapes = new Map<number, LedgerShape>();
  for (const row of packed.rows) {
    const shape: LedgerShape = {
      key: `${address} ${row.shape.join()}`,
      entries: toEntries(row.shape, revisions),
    };
    for (const scope of row.scopes) shapes.set(scope, shape);
  }
  return shapes;
}

function toEntries(
  shape: readonly string[],
  revisions: ReadonlyMap<number, RevisionRow>,
): ReadonlyMap<MigrationId, LedgerEntry> {
  const entries = new Map<MigrationId, LedgerEntry>();
  for (const item of shape) {
    const digits = /^\d+/.exec(item)?.[0] ?? '';
    const revision = revisions.get(Number(digits));
    if (revision === undefined) continue;
    const { migration_id: migrationId, version, checksum } = revision;
    entries.set(migrationId, {
      migrationId,
      version,
      checksum,
      status: item.slice(digits.length) as LedgerStatus,
    });
  }
  return entries;
}

// Objects that an extension owns do not count: they came with CREATE EXTENSION, not with an application.
const POPULATED = `
SELECT n.oid::int8::float8 AS namespace FROM pg_catalog.pg_namespace n
WHERE n.oid = ANY($1::oid[]) AND (
  EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
  OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
  OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace = n.oid AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype IN ('e', 'i'))))`;

/** Only schemas where nothing is applied are looked into: what a ledger calls applied is there. */
async function readPopulated(
  client: pg.ClientBase,
  places: readonly Place[],
  shapes: ReadonlyMap<number, LedgerShape>,
): Promise<ReadonlySet<number>> {
  const unknown = places
    .filter((place) => place.namespace !== null && !hasLiveRows(place, shapes))
    .map(({ namespace }) => namespace);
  if (unknown.length === 0) return new Set();
  const found = await client.query<{ namespace: number }>(POPULATED, [unknown]);
  return new Set(found.rows.map(({ namespace }) => namespace));
}

function hasLiveRows(place: Place, shapes: ReadonlyMap<number, LedgerShape>): boolean {
  const shape = place.scope_id === null ? undefined : shapes.get(place.scope_id);
  const isApplied = shape?.entries.values().some(({ status }) => status === 'applied') ?? false;
  return isApplied && place.schema_oid === place.namespace;
}

function isRebound(place: Place, identity: string): boolean {
  return place.database_identity !== null && place.database_identity !== identity;
}

interface Surroundings {
  readonly identity: string;
  readonly shapes: ReadonlyMap<number, LedgerShape>;
  readonly populated: ReadonlySet<number>;
}

function toState(place: Place, around: Surroundings): TargetState {
  const schema = parseSchemaName(place.schema_name);
  if (!schema.ok) throw new Error(`the ledger holds a schema name that is not allowed: ${schema.reason}`);
  const connection = place.connection as TargetState['target']['connection'];
  return {
    target: { backend: 'postgresql', connection, schema: schema.name },
    presence: presenceOf(place, around),
    scope: scopeOf(place, around.identity),
    shape: (place.scope_id === null ? undefined : around.shapes.get(place.scope_id)) ?? EMPTY,
  };
}

function presenceOf(place: Place, { shapes, populated }: Surroundings): TargetState['presence'] {
  if (place.namespace === null) return 'missing';
  return hasLiveRows(place, shapes) || populated.has(place.namespace) ? 'populated' : 'empty';
}

/** In another copy of the database OIDs mean nothing: the ledger there speaks of the schema of the same name. */
function scopeOf(place: Place, identity: string): TargetState['scope'] {
  if (place.scope_id === null) return 'none';
  if (isRebound(place, identity) || place.schema_oid === null) return 'known';
  return place.schema_oid === place.namespace ? 'known' : 'recreated';
}
