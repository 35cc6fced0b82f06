import { quoteIdentifier, type PlanStep, type Target } from '@bfm/core';
import { renderStatement, type SeriesTimeouts } from '@bfm/engine';
import type pg from 'pg';
import { assertFenceQuery, recordQuery, type FenceHold } from './ledger-writes.ts';

/** One message as it goes over the wire. */
export type Message = string | pg.QueryConfig;

/** The messages of one step, in the order they are sent. */
export interface StepMessages {
  /** Sets what the step's directives ask for, when the transaction is already under way. */
  readonly settings: Message | null;
  readonly statements: readonly Message[];
  /** The ledger row and event; must affect one row. */
  readonly ledger: Message;
}

/** All messages of one transaction, its COMMIT apart. */
export interface TransactionMessages {
  readonly opening: readonly Message[];
  readonly steps: readonly StepMessages[];
}

/** What a transaction is written for. */
export interface TransactionInit {
  readonly target: Target;
  readonly hold: FenceHold;
  readonly timeouts: SeriesTimeouts;
  readonly createSchema: boolean;
}

/**
 * Writes all messages of a transaction before any is sent, so that a statement that cannot be written stops it first.
 *
 * @throws {migration.placeholder_unsafe}
 */
export function writeTransaction(
  steps: readonly [PlanStep, ...PlanStep[]],
  init: TransactionInit,
): TransactionMessages {
  const [first] = steps;
  const { connection, schema, backend } = init.target;
  return {
    opening: openingMessages(first, init),
    steps: steps.map((step) => {
      const values = { connection, schema, backend, version: step.version };
      return {
        settings: step === first ? null : settingsQuery(step, init),
        statements: step.statements.map(({ text }) => ({
          text: renderStatement(text, values, step.placeholderInLiteral),
          // One command a message, and nothing smuggled in behind it: the server refuses a second one in this protocol.
          queryMode: 'extended',
        })),
        ledger: recordQuery(step, init.hold),
      };
    }),
  };
}

function openingMessages(first: PlanStep, init: TransactionInit): Message[] {
  const { hold, target, createSchema } = init;
  const messages: Message[] = [
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
    settingsQuery(first, init),
    assertFenceQuery(hold, createSchema),
  ];
  if (!createSchema) return messages;
  const create = `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(target.schema)}`;
  return [...messages, create, { text: BIND_SCHEMA, values: [hold.scopeId, target.schema] }];
}

function settingsQuery({ execution }: PlanStep, { target, timeouts }: TransactionInit): pg.QueryConfig {
  const path = `${quoteIdentifier(target.schema)}, public`;
  const lockMs = execution.lockTimeoutMs ?? timeouts.lockTimeoutMs;
  const statementMs = execution.statementTimeoutMs ?? timeouts.statementTimeoutMs;
  return { text: SETTINGS, values: [path, `${lockMs}ms`, `${statementMs}ms`] };
}

// A frozen client frees its locks after a minute, a killed one within half a second of a running statement. Texts mean
// to the server what they meant to the parser, and no notice that BFM listens for is held back.
const SETTINGS = `
SELECT set_config('search_path', $1, true), set_config('lock_timeout', $2, true),
       set_config('statement_timeout', $3, true), set_config('client_connection_check_interval', '500ms', true),
       set_config('idle_in_transaction_session_timeout', '60s', true),
       set_config('standard_conforming_strings', 'on', true), set_config('client_min_messages', 'notice', true)`;

const BIND_SCHEMA = `
UPDATE bfm.scope SET schema_oid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = $2)
WHERE scope_id = $1`;
