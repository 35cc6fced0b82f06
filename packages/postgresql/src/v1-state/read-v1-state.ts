import { BfmError } from '@bfm/core';
import type { V1Execution, V1History, V1Listed, V1State, V1StateReader } from '@bfm/engine';
import type pg from 'pg';
import { describeAddress, type PostgresAddress } from '../connection-address.ts';
import { inSnapshot } from '../in-snapshot.ts';
import { codeOf, textOf } from '../pg-errors.ts';
import { ConnectionPool, type PoolOptions } from '../pool.ts';
import { DEFAULT_POOL_LIMITS } from '../pool-limits.ts';
import { toStoreError } from '../store-error.ts';
import { requireStateTables } from './state-tables.ts';

/** What a state is read with. */
export interface V1StateOptions extends Pick<PoolOptions, 'nowMs' | 'sleep'> {
  readonly address: PostgresAddress;
  /** Where its tables are. */
  readonly schema: string;
}

/** The state of an existing Go BFM on PostgreSQL, as it is at one moment. Opened when it is read, and closed then. */
export function createV1StateReader(options: V1StateOptions): V1StateReader {
  const address = describeAddress(options.address);
  return { address, read: () => readState(options, address) };
}

async function readState(options: V1StateOptions, address: string): Promise<V1State> {
  const { schema, nowMs, sleep } = options;
  // Nothing of a session is needed, so that a pooler may stand before it.
  const route = { address: options.address, pooled: true };
  const limits = { ...DEFAULT_POOL_LIMITS, connectionsMax: 1 };
  const pool = new ConnectionPool({ route, limits, nowMs, sleep });
  try {
    const client = await pool.checkOut();
    try {
      return await inSnapshot(client, async () => {
        await requireStateTables(client, { address, schema });
        await client.query(SEARCH_ONLY, [schema]);
        return await readTables(client).catch((error: unknown) => {
          throw DENIED.has(codeOf(error)) ? denied(options, address, error) : error;
        });
      });
    } finally {
      client.release(true);
    }
  } catch (error) {
    throw toStoreError(error, address, options.address.user);
  } finally {
    await pool.close();
  }
}

/** No right on a table, or none on its schema: then it is as if the table were not there, though it is. */
const DENIED: ReadonlySet<string> = new Set(['42501', '42P01']);

function denied(options: V1StateOptions, address: string, cause: unknown): BfmError {
  return new BfmError('target.denied', {
    message: `the login may not read the state in schema ${options.schema} of ${address}: ${textOf(cause)}; nothing was changed`,
    details: { address, sqlstate: codeOf(cause) },
    next: `grant the login ${options.address.user} USAGE on that schema and SELECT on its tables`,
    cause,
  });
}

async function readTables(client: pg.ClientBase): Promise<V1State> {
  const listed = await client.query<V1Listed>(LISTED);
  const executions = await client.query<V1Execution>(EXECUTIONS);
  const history = await client.query<V1History>(HISTORY);
  return { listed: listed.rows, executions: executions.rows, history: history.rows };
}

// Its columns are TIMESTAMP without a zone; where one has a zone, it is told in UTC.
const SEARCH_ONLY = `
SELECT set_config('search_path', quote_ident($1), true), set_config('timezone', 'UTC', true)`;

const LISTED = `
SELECT migration_id AS "migrationId", coalesce(schema, '') AS schema, connection, backend, status FROM migrations_list`;

const EXECUTIONS = `
SELECT migration_id AS "migrationId", coalesce(schema, '') AS schema, connection, backend, status, applied,
       to_char(applied_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "appliedAt"
FROM migrations_executions`;

// Rows of one second are told apart by their ids. "success" is what older releases called it.
const HISTORY = `
SELECT migration_id AS "migrationId", coalesce(schema, '') AS schema, connection, backend,
       to_char(max(applied_at) FILTER (WHERE status IN ('applied', 'success')), 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "appliedAt",
       (array_agg(executed_by ORDER BY applied_at DESC, id DESC) FILTER (WHERE status IN ('applied', 'success')))[1] AS "executedBy",
       to_char(max(applied_at) FILTER (WHERE status = 'rolled_back'), 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "rolledBackAt"
FROM migrations_history
GROUP BY migration_id, coalesce(schema, ''), connection, backend
HAVING bool_or(status IN ('applied', 'success', 'rolled_back'))`;
