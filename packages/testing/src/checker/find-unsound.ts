import type { LockProvider } from '@bfm/engine';
import { Client } from 'pg';
import { ADMIN_APPLICATION_NAME } from '../test-run.ts';
import { findMiscounted } from './effect-log.ts';
import { findLeftBehind } from './left-behind.ts';
import { findLedgerFaults } from './ledger-history.ts';
import { findMisshapen } from './schema-shapes.ts';
import { findSecrets, type ToldTexts } from './secrets-told.ts';

/** What runs and their faults have been at. */
export interface CheckedWorld {
  /** A database with a ledger and, where migrations count their effects, the table of `EFFECT_LOG`. */
  readonly url: string;
  /** Schemas in which all migrations are applied, to be compared with the shape of a clean application. */
  readonly shaped?: { readonly schemas: readonly string[]; readonly as: string };
  /** Names of migrations that do not count their effects. @default none */
  readonly unlogged?: readonly string[] | 'all';
  /** Whether migrations may be half done outside of transactions, as the ledger says itself, with INVALID indexes. @default refused */
  readonly unfinished?: 'allowed' | 'refused';
  /** Providers that must hold no lease any more. */
  readonly locks?: readonly LockProvider[];
  /** Processes that must be gone. */
  readonly pids?: readonly number[];
  readonly secrets?: ToldTexts;
  /** Whether runs went through a pooler, which keeps their sessions. @default false */
  readonly pooled?: boolean;
  /** How long a server may take to notice killed clients, in milliseconds. @default 30000 */
  readonly settleMs?: number;
}

/**
 * The checker, to be run after every fault test: each effect as often as the ledger says, the ledger in order with itself,
 * its events and tokens, schemas as a clean application makes them, no lock, lease, session, transaction, INVALID index or
 * process left, no secret told. Answers what is not so, in words; empty when all is sound.
 */
export async function findUnsound(world: CheckedWorld): Promise<readonly string[]> {
  const db = new Client({ connectionString: world.url, application_name: ADMIN_APPLICATION_NAME });
  await db.connect();
  try {
    const {
      unlogged = [],
      unfinished = 'refused',
      shaped,
      locks = [],
      pids = [],
      secrets,
      pooled = false,
    } = world;
    // First, so that what is still ending has ended.
    const left = await findLeftBehind(db, { locks, pids, pooled, settleMs: world.settleMs ?? 30_000 });
    return [
      ...left,
      ...(unlogged === 'all' ? [] : await findMiscounted(db, unlogged)),
      ...(await findLedgerFaults(db, { unfinished })),
      ...(shaped === undefined ? [] : await findMisshapen(db, shaped.schemas, shaped.as)),
      ...(secrets === undefined ? [] : await findSecrets(db, secrets)),
    ];
  } finally {
    await db.end();
  }
}
