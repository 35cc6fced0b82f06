import { quoteIdentifier, type PlanStep, type Target } from '@bfm/core';
import { renderStatement, type SeriesTimeouts } from '@bfm/engine';
import type pg from 'pg';
import { recordQuery, type FenceHold } from './ledger-writes.ts';
import { oneCommand, type Message } from './message.ts';
import { verifyMessage } from './verify.ts';

/** The messages of one step, in the order they are sent. */
export interface StepMessages {
  /** Sets what the step's directives ask for, when the transaction is already under way. */
  readonly settings: Message | null;
  readonly statements: readonly Message[];
  /** Asks the post-condition; `null` without one. */
  readonly verify: Message | null;
  /** The ledger row and event; fails when the ledger says so already. */
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
        settings: step === first ? null : openStepQuery(step, init, false),
        statements: step.statements.map(({ text }) =>
          oneCommand(renderStatement(text, values, step.placeholderInLiteral)),
        ),
        verify: verifyMessage(step, values),
        ledger: recordQuery(step, init.hold),
      };
    }),
  };
}

/** What opens a transaction of a step: the fence, the settings, and the schema when it is to be created. */
export function openingMessages(first: PlanStep, init: TransactionInit): Message[] {
  const { hold, target, createSchema } = init;
  const messages: Message[] = [
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
    openStepQuery(first, init, createSchema),
  ];
  if (!createSchema) return messages;
  const create = `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(target.schema)}`;
  return [...messages, create, { text: BIND_SCHEMA, values: [hold.scopeId, target.schema] }];
}

/** Asserts the fence, then sets search path, timeouts and what else the transaction's statements rely on. */
function openStepQuery(
  { execution }: PlanStep,
  { target, timeouts, hold }: TransactionInit,
  creating: boolean,
): pg.QueryConfig {
  const path = `${quoteIdentifier(target.schema)}, public`;
  const lockMs = execution.lockTimeoutMs ?? timeouts.lockTimeoutMs;
  const statementMs = execution.statementTimeoutMs ?? timeouts.statementTimeoutMs;
  return {
    text: 'SELECT bfm.open_step($1, $2, $3, $4, $5, $6, $7)',
    values: [hold.scopeId, hold.token, hold.holder, creating, path, `${lockMs}ms`, `${statementMs}ms`],
  };
}

const BIND_SCHEMA = `
UPDATE bfm.scope SET schema_oid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = $2)
WHERE scope_id = $1`;
