import { BfmError, type Failpoints } from '@bfm/core';
import type pg from 'pg';
import { damagedLedger } from './damaged-ledger.ts';
import { BOOTSTRAP_LOCK_KEY, LEDGER_FORMAT, ledgerScript } from './ledger-ddl.ts';
import { withWrites } from './with-writes.ts';

/**
 * The format of the ledger in a database; `null` when there is none.
 *
 * @throws {ledger.newer_format} {ledger.damaged}
 */
export async function ledgerFormat(client: pg.ClientBase, address: string): Promise<number | null> {
  const known = await client.query<{ known: boolean; remains: boolean }>(LEDGER_EXISTS);
  if (known.rows[0]?.known !== true) {
    if (known.rows[0]?.remains === true) throw damagedLedger(address, 'the table bfm.format is gone');
    return null;
  }
  const format = await client.query<{ version: number }>('SELECT version FROM bfm.format');
  const [row] = format.rows;
  if (row === undefined) throw damagedLedger(address, 'the row of bfm.format is gone');
  const { version } = row;
  refuseNewerFormat(version, address);
  return version;
}

/**
 * Refuses to understand a ledger that a newer program has written.
 *
 * @throws {ledger.newer_format}
 */
export function refuseNewerFormat(version: number, address: string): void {
  if (version <= LEDGER_FORMAT) return;
  throw new BfmError('ledger.newer_format', {
    message: `the ledger in ${address} has format ${version}, this BFM knows up to ${LEDGER_FORMAT}; nothing was changed`,
    details: { found: version, known: LEDGER_FORMAT },
    next: 'use a newer BFM',
  });
}

/**
 * Makes the ledger when there is none, upgrades an older one, and makes anew the triggers of one that somebody has taken
 * them from. Safe from many processes at once: the second waits on
 * a transaction-level advisory lock and then finds it made (FAULTS P7).
 *
 * @throws {ledger.newer_format}
 */
export async function ensureLedger(
  client: pg.ClientBase,
  address: string,
  failpoints: Failpoints,
): Promise<void> {
  if ((await ledgerFormat(client, address)) === LEDGER_FORMAT && (await isWatched(client))) return;
  await withWrites(client, { kind: 'upgrade', failpoints }, async () => {
    await client.query('SELECT pg_catalog.pg_advisory_xact_lock($1)', [BOOTSTRAP_LOCK_KEY]);
    const found = await ledgerFormat(client, address);
    const isWhole = found === LEDGER_FORMAT && (await isWatched(client));
    if (!isWhole) await client.query(ledgerScript(found));
  });
}

/** Whether the triggers of a ledger of this format are there and always on: without them its digests mean nothing. */
export async function isWatched(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ watched: boolean }>(WATCHED);
  return rows[0]?.watched ?? false;
}

const WATCHED = `
SELECT count(*) = 2 AS watched
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'bfm' AND c.relname = 'ledger' AND t.tgname IN ('digest_row', 'digest_truncated') AND t.tgenabled = 'A'`;

// Not to_regclass: it answers from the session's cache, which within a transaction may not have heard yet that another
// one has made the ledger while this one waited for it (seen with twenty starting at once).
const LEDGER_EXISTS = `
SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'bfm' AND c.relname = 'format') AS known,
       EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'bfm' AND c.relname IN ('scope', 'ledger', 'event')) AS remains`;
