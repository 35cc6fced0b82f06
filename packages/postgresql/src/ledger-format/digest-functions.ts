/**
 * Keeps a digest of each target's ledger in its scope, whoever writes the rows: the XOR of one hash per row, so that
 * order does not matter and a change costs the same however long the ledger is. Equal digests: equal ledgers.
 */
export const DIGEST_FUNCTIONS = `
CREATE OR REPLACE FUNCTION bfm.row_digest(p_revision integer, p_status text) RETURNS bit(128)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
  SELECT ('x' || pg_catalog.encode(pg_catalog.substr(pg_catalog.sha256(pg_catalog.convert_to(p_revision || p_status, 'UTF8')), 1, 16), 'hex'))::bit(128)
$body$;

CREATE OR REPLACE FUNCTION bfm.digest_inserted() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE bfm.scope s SET digest = s.digest # d.delta
  FROM (SELECT scope_id, bit_xor(bfm.row_digest(revision_id, status)) AS delta FROM new_rows GROUP BY scope_id) d
  WHERE s.scope_id = d.scope_id;
  RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION bfm.digest_deleted() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE bfm.scope s SET digest = s.digest # d.delta
  FROM (SELECT scope_id, bit_xor(bfm.row_digest(revision_id, status)) AS delta FROM old_rows GROUP BY scope_id) d
  WHERE s.scope_id = d.scope_id;
  RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION bfm.digest_updated() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE bfm.scope s SET digest = s.digest # d.delta
  FROM (SELECT r.scope_id, bit_xor(bfm.row_digest(r.revision_id, r.status)) AS delta
        FROM (SELECT scope_id, revision_id, status FROM new_rows
              UNION ALL SELECT scope_id, revision_id, status FROM old_rows) r GROUP BY r.scope_id) d
  WHERE s.scope_id = d.scope_id;
  RETURN NULL;
END
$body$;
`;
