/**
 * Hash of a ledger row, as an expression. SHA-256, since the server's other hashes may change with its version or be
 * forbidden; a cast to bytea is immutable, which convert_to is not, and means the same for digits and letters.
 */
function rowDigest(row: 'l' | 'OLD' | 'NEW'): string {
  return `('x' || pg_catalog.encode(pg_catalog.substr(pg_catalog.sha256((${row}.revision_id::text || ${row}.status)::bytea), 1, 16), 'hex'))::bit(128)`;
}

/** The same of a row called `l`. */
export const ROW_DIGEST = rowDigest('l');

const OLD_DIGEST = rowDigest('OLD');
const NEW_DIGEST = rowDigest('NEW');

/**
 * What a scope's row says of the fence and of its schema, as one text that {@link FENCE_SEEN} is compared with: `ok`, `gone`,
 * or `no` for one that was made anew and for a scope that is retired.
 */
const SEEN = `s.scope_id || ' ' || s.fence_token || CASE
      WHEN s.retired_at IS NOT NULL THEN ' no '
      WHEN pg_catalog.to_regnamespace(pg_catalog.quote_ident(s.schema_name)) IS NULL THEN ' gone '
      WHEN pg_catalog.to_regnamespace(pg_catalog.quote_ident(s.schema_name))::oid = s.schema_oid THEN ' ok '
      ELSE ' no ' END || s.fence_holder`;

/** The setting in which a row of the ledger leaves what its scope said at that moment, for whoever wrote it. */
export const FENCE_SEEN = 'bfm.fence_seen';

/**
 * Keeps a digest of each target's ledger in its scope, whoever writes the rows: the XOR of one hash per row, so that
 * order does not matter and a change costs the same however long the ledger is. Equal digests: equal ledgers. Called row
 * by row, which costs less for the one row of a migration than a table of all rows that a statement changed; and always,
 * since whatever would tell it to leave the digest to its caller a migration could say as well.
 *
 * The row of the scope is locked thereby until the transaction ends, so that what it says of the fence holds till then.
 * That is left in a setting, which costs a tenth of another look at the row.
 */
export const DIGEST_FUNCTIONS = `
CREATE OR REPLACE FUNCTION bfm.row_digest(p_revision integer, p_status text) RETURNS bit(128)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
  SELECT ${ROW_DIGEST} FROM (SELECT p_revision AS revision_id, p_status AS status) l
$body$;

CREATE OR REPLACE FUNCTION bfm.digest_row() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  v_seen text;
  v_ignored text;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE bfm.scope s SET digest = s.digest # ${OLD_DIGEST} WHERE s.scope_id = OLD.scope_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE bfm.scope s SET digest = s.digest # ${NEW_DIGEST} WHERE s.scope_id = NEW.scope_id RETURNING ${SEEN} INTO v_seen;
    v_ignored := pg_catalog.set_config('${FENCE_SEEN}', v_seen, true);
  END IF;
  RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION bfm.digest_truncated() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE bfm.scope SET digest = 0::bit(128);
  RETURN NULL;
END
$body$;
`;

/**
 * What calls them, made anew where somebody has dropped it or switched it off. Also where session_replication_role says
 * that others need not: a digest is right or it is worth nothing.
 */
export const DIGEST_TRIGGERS = `
CREATE OR REPLACE TRIGGER digest_row AFTER INSERT OR UPDATE OR DELETE ON bfm.ledger FOR EACH ROW
  EXECUTE FUNCTION bfm.digest_row();
CREATE OR REPLACE TRIGGER digest_truncated AFTER TRUNCATE ON bfm.ledger
  FOR EACH STATEMENT EXECUTE FUNCTION bfm.digest_truncated();
ALTER TABLE bfm.ledger ENABLE ALWAYS TRIGGER digest_row, ENABLE ALWAYS TRIGGER digest_truncated;
`;
