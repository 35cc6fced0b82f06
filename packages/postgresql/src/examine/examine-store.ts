import type { StoreExamination } from '@bfm/engine';
import type pg from 'pg';
import { isAnotherBackend } from '../pooler-signs.ts';
import { examineLedger } from './examine-ledger.ts';
import { findIdle, findInvalidIndexes, findPrepared } from './examine-surroundings.ts';

/** What looking into a database needs. */
export interface ExamineInit {
  /** Of this database. */
  readonly identity: string;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  readonly idleMs: number;
}

/** Collects facts about a database, its ledger and its surroundings. Changes nothing. */
export async function examineStore(
  client: pg.ClientBase,
  { identity, nowMs, idleMs }: ExamineInit,
): Promise<StoreExamination> {
  const beforeMs = nowMs();
  const found = await client.query<SelfRow>(SELF);
  const roundTripMs = nowMs() - beforeMs;
  const [self] = found.rows;
  if (self === undefined) throw new Error('the server told nothing of itself');
  const ledger = await examineLedger(client, identity);
  // What cannot be read of the ledger cannot be looked up for it either.
  const isReadable = ledger !== null && ledger.lacking.length === 0;
  return {
    server: { version: self.version, major: Math.trunc(self.number / 10_000), recovering: self.recovering },
    login: { name: self.login, mayCreateSchemas: self.may_create },
    pooled: isAnotherBackend(client, self.pid),
    clock: { serverMs: self.at_ms, roundTripMs },
    ledger,
    invalidIndexes: isReadable ? await findInvalidIndexes(client) : [],
    preparedTransactions: await findPrepared(client, idleMs),
    idleTransactions: await findIdle(client, idleMs),
  };
}

interface SelfRow {
  readonly version: string;
  readonly number: number;
  readonly recovering: boolean;
  readonly login: string;
  readonly may_create: boolean;
  readonly pid: number;
  readonly at_ms: number;
}

const SELF = `
SELECT pg_catalog.current_setting('server_version') AS version, pg_catalog.current_setting('server_version_num')::int AS number,
  pg_catalog.pg_is_in_recovery() AS recovering, current_user AS login, pg_catalog.pg_backend_pid() AS pid,
  pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create,
  (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::float8 AS at_ms`;
