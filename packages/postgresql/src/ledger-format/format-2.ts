/**
 * What ledger format 2 adds: how far migrations that run bare or in batches have come (`progress`), the digest of each
 * target's ledger, and events that speak of a whole target, with a reason.
 *
 * A `started` migration is partly in the target; one that is `undoing` partly no longer. Of `failed` and `deferred`
 * ones nothing is there.
 */
export const FORMAT_2 = `
ALTER TABLE bfm.ledger DROP CONSTRAINT ledger_status_check;
ALTER TABLE bfm.ledger ADD CONSTRAINT ledger_status_check
  CHECK (status IN ('applied', 'failed', 'rolled_back', 'deferred', 'started', 'undoing'));

ALTER TABLE bfm.event ALTER COLUMN migration_id DROP NOT NULL, ALTER COLUMN revision_id DROP NOT NULL,
  ADD COLUMN reason text, ADD COLUMN detail jsonb;

CREATE TABLE bfm.progress (
  scope_id integer NOT NULL REFERENCES bfm.scope,
  migration_id text NOT NULL,
  revision_id integer NOT NULL REFERENCES bfm.revision,
  direction text NOT NULL CHECK (direction IN ('up', 'down')),
  statements_done integer NOT NULL DEFAULT 0 CHECK (statements_done >= 0),
  done_digest text NOT NULL,
  rows_done bigint NOT NULL DEFAULT 0,
  batches_done integer NOT NULL DEFAULT 0,
  intent_statement integer CHECK (intent_statement > statements_done),
  intent jsonb,
  backend_pid integer NOT NULL,
  backend_start timestamptz NOT NULL,
  run_id text NOT NULL,
  actor text NOT NULL,
  fence_token bigint NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope_id, migration_id),
  CHECK ((intent_statement IS NULL) = (intent IS NULL))
);

ALTER TABLE bfm.scope ADD COLUMN digest bit(128) NOT NULL DEFAULT 0::bit(128);
UPDATE bfm.scope s SET digest = d.digest
FROM (SELECT scope_id, bit_xor(bfm.row_digest(revision_id, status)) AS digest FROM bfm.ledger GROUP BY scope_id) d
WHERE s.scope_id = d.scope_id;

-- Checking it locked the revision's row for every target that runs it, and in a fleet they all run it at once. Rows of
-- revisions are never changed or deleted.
ALTER TABLE bfm.ledger DROP CONSTRAINT ledger_revision_id_fkey;
-- Whoever writes a row has locked its scope with the fence, and rows of scopes are never deleted.
ALTER TABLE bfm.ledger DROP CONSTRAINT ledger_scope_id_fkey;

UPDATE bfm.format SET version = 2, written_at = now();
`;
