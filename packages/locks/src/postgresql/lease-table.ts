/** Everybody who makes the table waits for this (any number that nobody else uses). */
const BOOTSTRAP_KEY = '4701532466103291729';

/** A lease of a server that has started since, or whose time is over, holds nobody. */
const HOLDS = 'l.expires_at > clock_timestamp() AND l.boot = pg_catalog.pg_postmaster_start_time()';

/** How a lease is told of; `l` is its row. */
const HELD_COLUMNS = `l.key, l.token::text AS token, l.holder,
  to_char(l.acquired_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since,
  (extract(epoch FROM l.expires_at - clock_timestamp()) * 1000)::float8 AS "endsInMs"`;

/**
 * Makes the table of leases and its function. The table is UNLOGGED: a lease is worth nothing after a crash, which empties
 * it, and writing it costs no flush of the log. The sequence is logged, so that no token is ever given twice.
 *
 * The function is there so that its plans are kept by the session, also behind a pooler: they cost four fifths of a lease.
 * It goes one at a time for each key, before the token is drawn: else one drawn earlier could be used later, after
 * another was given and released.
 */
export const MAKE_LEASE_TABLE = `
DO $do$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(${BOOTSTRAP_KEY});
  CREATE SCHEMA IF NOT EXISTS bfm_lock;
  CREATE SEQUENCE IF NOT EXISTS bfm_lock.token;
  CREATE UNLOGGED TABLE IF NOT EXISTS bfm_lock.lease (
    key text PRIMARY KEY,
    token bigint NOT NULL UNIQUE,
    holder text NOT NULL,
    boot timestamptz NOT NULL,
    acquired_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
  );
  CREATE OR REPLACE FUNCTION bfm_lock.acquire(p_key text, p_holder text, p_ttl_ms float8)
  RETURNS TABLE (taken boolean, key text, token text, holder text, since text, "endsInMs" float8)
  LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
  #variable_conflict use_column
  DECLARE
    v_token bigint;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('bfm_lock ' || p_key, 0));
    INSERT INTO bfm_lock.lease AS l (key, token, holder, boot, expires_at)
    VALUES (p_key, nextval('bfm_lock.token'), p_holder, pg_postmaster_start_time(),
            clock_timestamp() + p_ttl_ms * interval '1 ms')
    ON CONFLICT (key) DO UPDATE SET token = EXCLUDED.token, holder = EXCLUDED.holder, boot = EXCLUDED.boot,
      acquired_at = clock_timestamp(), expires_at = EXCLUDED.expires_at
    WHERE NOT (${HOLDS})
    RETURNING l.token INTO v_token;
    RETURN QUERY SELECT v_token IS NOT NULL, ${HELD_COLUMNS}
      FROM bfm_lock.lease l WHERE l.key = p_key AND ${HOLDS};
  END
  $body$;
END
$do$`;

/** Whether all of it is there: most programs need not make it, and may not be allowed to. */
export const LEASE_TABLE_EXISTS =
  "SELECT pg_catalog.to_regprocedure('bfm_lock.acquire(text, text, float8)') IS NOT NULL AS known";

/** Takes what nobody holds, and answers who does. Values: key, holder, time to live in milliseconds. */
export const ACQUIRE = 'SELECT * FROM bfm_lock.acquire($1, $2, $3)';

/** Values: key, token, time to live in milliseconds. No row: it is gone. */
export const RENEW = `
UPDATE bfm_lock.lease l SET expires_at = clock_timestamp() + $3::float8 * interval '1 ms'
WHERE l.key = $1 AND l.token = $2 AND ${HOLDS} RETURNING 1 AS held`;

/** Gives a lease back. Values: key, token. */
export const RELEASE = 'DELETE FROM bfm_lock.lease l WHERE l.key = $1 AND l.token = $2';

/** Ends the lease with a token, whoever holds it. */
export const RELEASE_TOKEN = `DELETE FROM bfm_lock.lease l WHERE l.token = $1 AND ${HOLDS} RETURNING ${HELD_COLUMNS}`;

/** All that hold somebody. */
export const LIST = `SELECT ${HELD_COLUMNS} FROM bfm_lock.lease l WHERE ${HOLDS} ORDER BY l.key COLLATE "C"`;

/**
 * Clears away what has ended, so that no key of a tenant that is gone stays for ever; what somebody else is at is left to
 * them, since two that clear away the same rows would wait for each other.
 */
export const CLEAR_AWAY = `
DELETE FROM bfm_lock.lease WHERE key IN (
  SELECT l.key FROM bfm_lock.lease l WHERE NOT (${HOLDS}) ORDER BY l.key FOR UPDATE SKIP LOCKED)`;
