/**
 * The tables of ledger format 1.
 *
 * `scope` is a target: its row carries the fence. `revision` keeps each text once per database, however many schemas
 * it runs in. `ledger` says what holds now, one row per (scope, migration): the primary key is what makes a second
 * application impossible. `event` only grows.
 */
export const FORMAT_1 = `
CREATE SCHEMA bfm;
COMMENT ON SCHEMA bfm IS 'Ledger of BFM, Backend For Migrations. Written by BFM only.';

CREATE TABLE bfm.format (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version integer NOT NULL CHECK (version > 0),
  written_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO bfm.format (version) VALUES (1);

CREATE TABLE bfm.scope (
  scope_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  connection text NOT NULL CHECK (connection <> ''),
  schema_name text NOT NULL CHECK (schema_name <> ''),
  schema_oid oid,
  database_identity text NOT NULL,
  fence_token bigint NOT NULL CHECK (fence_token > 0),
  fence_holder text NOT NULL,
  fenced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  retired_at timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX scope_current ON bfm.scope (connection, schema_name) WHERE retired_at IS NULL;

CREATE TABLE bfm.revision (
  revision_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration_id text NOT NULL,
  version text NOT NULL CHECK (version ~ '^[0-9]{14}$'),
  name text NOT NULL,
  checksum text NOT NULL,
  algorithm text NOT NULL,
  body text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (migration_id, checksum)
);

CREATE TABLE bfm.ledger (
  scope_id integer NOT NULL REFERENCES bfm.scope,
  migration_id text NOT NULL,
  revision_id integer NOT NULL REFERENCES bfm.revision,
  status text NOT NULL CHECK (status IN ('applied', 'failed', 'rolled_back', 'deferred')),
  run_id text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope_id, migration_id)
);

CREATE TABLE bfm.event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('applied', 'rolled_back', 'failed', 'baselined', 'repaired')),
  migration_id text NOT NULL,
  revision_id integer NOT NULL,
  run_id text NOT NULL,
  actor text NOT NULL,
  fence_token bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms integer,
  error text
);
`;
