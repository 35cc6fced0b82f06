/** Everybody who makes the table waits for this (any number that nobody else uses). */
const BOOTSTRAP_KEY = '4701532466103291729';

/**
 * Makes the table of leases. The table is UNLOGGED: a lease is worth nothing after a crash, which empties it, and writing
 * it costs no flush of the log. The sequence is logged, so that no token is ever given twice.
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
END
$do$`;

/** Whether the table is there: most programs need not make it, and may not be allowed to. */
export const LEASE_TABLE_EXISTS = `
SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'bfm_lock' AND c.relname = 'lease') AS known`;

/** A lease of a server that has started since, or whose time is over, holds nobody. */
const HOLDS = 'l.expires_at > clock_timestamp() AND l.boot = pg_catalog.pg_postmaster_start_time()';

const HELD_COLUMNS = `l.key, l.token::text AS token, l.holder,
  to_char(l.acquired_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since,
  (extract(epoch FROM l.expires_at - clock_timestamp()) * 1000)::float8 AS "endsInMs"`;

/**
 * Takes what nobody holds. Values: key, holder, time to live in milliseconds. No row: somebody holds it. One at a time for
 * each key, before the token is drawn: else one drawn earlier could be used later, after another was given and released.
 */
export const ACQUIRE = `
WITH alone AS MATERIALIZED (
  SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('bfm_lock ' || $1::text, 0))
)
INSERT INTO bfm_lock.lease AS l (key, token, holder, boot, expires_at)
SELECT $1::text, nextval('bfm_lock.token'), $2::text, pg_catalog.pg_postmaster_start_time(),
       clock_timestamp() + $3::float8 * interval '1 ms'
FROM alone
ON CONFLICT (key) DO UPDATE SET token = EXCLUDED.token, holder = EXCLUDED.holder, boot = EXCLUDED.boot,
  acquired_at = clock_timestamp(), expires_at = EXCLUDED.expires_at
WHERE NOT (${HOLDS})
RETURNING l.token::text AS token`;

/** Who holds a key. */
export const HELD_BY = `SELECT ${HELD_COLUMNS} FROM bfm_lock.lease l WHERE l.key = $1 AND ${HOLDS}`;

/** Values: key, token, time to live in milliseconds. No row: it is gone. */
export const RENEW = `
UPDATE bfm_lock.lease l SET expires_at = clock_timestamp() + $3::float8 * interval '1 ms'
WHERE l.key = $1 AND l.token = $2 AND ${HOLDS} RETURNING 1 AS held`;

/**
 * Clears away what has ended, too, so that no key of a tenant that is gone stays for ever; what somebody else is at is left
 * to them, since two that clear away the same rows would wait for each other.
 */
export const RELEASE = `
DELETE FROM bfm_lock.lease WHERE key IN (
  SELECT l.key FROM bfm_lock.lease l WHERE NOT (${HOLDS}) ORDER BY l.key FOR UPDATE SKIP LOCKED
) OR (key = $1 AND token = $2)`;

/** Ends the lease with a token, whoever holds it. */
export const RELEASE_TOKEN = `DELETE FROM bfm_lock.lease l WHERE l.token = $1 AND ${HOLDS} RETURNING ${HELD_COLUMNS}`;

/** All that hold somebody. */
export const LIST = `SELECT ${HELD_COLUMNS} FROM bfm_lock.lease l WHERE ${HOLDS} ORDER BY l.key COLLATE "C"`;
