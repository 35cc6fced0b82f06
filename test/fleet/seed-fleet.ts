import type { ClientBase } from 'pg';

/** Tenants to be made in the image of one that BFM has migrated. */
export interface FleetSeed {
  readonly connection: string;
  /** A schema of that connection whose ledger every new tenant gets a copy of. */
  readonly like: string;
  /** Schemas to make, empty. They must not exist. */
  readonly schemas: readonly string[];
}

/** In one transaction each; more would need more locks than a server has by default. */
const SCHEMAS_AT_ONCE = 500;

const CREATE_SCHEMAS = `
DO $body$
DECLARE v_schema text;
BEGIN
  FOREACH v_schema IN ARRAY string_to_array(current_setting('fleet.schemas'), chr(10)) LOOP
    EXECUTE format('CREATE SCHEMA %I', v_schema);
  END LOOP;
END
$body$`;

// The digest is copied too, and the triggers that would work it out anew are left asleep: five million rows in a minute.
const COPY_SCOPES = `
INSERT INTO bfm.scope (connection, schema_name, schema_oid, database_identity, fence_token, fence_holder, digest)
SELECT s.connection, n.nspname, n.oid, s.database_identity, 1, 'seed-fleet', s.digest
FROM bfm.scope s JOIN pg_catalog.pg_namespace n ON n.nspname = ANY($3::text[])
WHERE s.connection = $1 AND s.schema_name = $2 AND s.retired_at IS NULL`;

const COPY_LEDGERS = `
INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id)
SELECT t.scope_id, l.migration_id, l.revision_id, l.status, l.run_id
FROM bfm.scope s JOIN bfm.ledger l USING (scope_id)
CROSS JOIN (SELECT scope_id FROM bfm.scope WHERE fence_holder = 'seed-fleet' AND connection = $1
              AND schema_name = ANY($3::text[])) t
WHERE s.connection = $1 AND s.schema_name = $2 AND s.retired_at IS NULL`;

/** As the ledger's own format has them. */
const ENABLE_TRIGGERS =
  'ALTER TABLE bfm.ledger ENABLE ALWAYS TRIGGER digest_row, ENABLE ALWAYS TRIGGER digest_truncated';

/**
 * Makes a fleet quickly: empty schemas, and a ledger for each that says what one real tenant's says. Needs a superuser,
 * who alone may put triggers to sleep.
 */
export async function seedFleet(client: ClientBase, { connection, like, schemas }: FleetSeed): Promise<void> {
  for (let start = 0; start < schemas.length; start += SCHEMAS_AT_ONCE) {
    const some = schemas.slice(start, start + SCHEMAS_AT_ONCE);
    await client.query('BEGIN');
    await client.query("SELECT set_config('fleet.schemas', $1, true)", [some.join('\n')]);
    await client.query(CREATE_SCHEMAS);
    await client.query('ALTER TABLE bfm.ledger DISABLE TRIGGER ALL');
    await client.query(COPY_SCOPES, [connection, like, some]);
    await client.query(COPY_LEDGERS, [connection, like, some]);
    await client.query(ENABLE_TRIGGERS);
    await client.query('COMMIT');
  }
  await client.query('ANALYZE bfm.scope, bfm.ledger');
}
