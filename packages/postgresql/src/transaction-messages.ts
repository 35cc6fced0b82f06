import { quoteIdentifier, type PlanStep, type Target } from '@bfm/core';
import { renderStatement, type PlaceholderValues, type SeriesTimeouts } from '@bfm/engine';
import type pg from 'pg';
import { recordAllQuery, recordQuery, type FenceHold } from './ledger-writes.ts';
import type { Message } from './message.ts';
import type { ExchangeMessage } from './wire/exchange.ts';
import { verifyMessage } from './verify.ts';

/** A message of a series, and what its answer is for. */
export interface SeriesMessage extends ExchangeMessage {
  readonly purpose: Purpose;
}

/** `step` is the step's place in the series, `statement` the statement's in its script. */
export type Purpose =
  /**
   * Commits the steps that were sent before; `waits`: until they are on the disk; `chains`: and begins a
   * transaction; `next`: the step that thereby begins, if it was not told of before.
   */
  | {
      readonly kind: 'commit';
      readonly step: number;
      readonly steps: readonly number[];
      readonly waits: boolean;
      readonly chains: boolean;
      readonly next: number | null;
    }
  /** `fence`: asserts the fence before anything else. */
  | { readonly kind: 'own' | 'fence'; readonly step: number }
  /** Writes the ledger row under the fence; `asserts`: and asserts it thereby, for the first time. */
  | { readonly kind: 'record'; readonly step: number; readonly asserts: boolean }
  | { readonly kind: 'statement'; readonly step: number; readonly statement: number }
  | { readonly kind: 'verify'; readonly step: number };

/** What a transaction is written for. */
export interface TransactionInit {
  readonly target: Target;
  readonly hold: FenceHold;
  readonly timeouts: SeriesTimeouts;
  readonly createSchema: boolean;
}

/** What a transaction of several steps is written for. */
export interface SeriesTransactionInit extends TransactionInit {
  /** A lent session has no lock of its own: the row of the fence must keep others away from the beginning. */
  readonly session: 'own' | 'lent';
  /** Commands that take back, between two steps, what the first has left in its session. */
  readonly resets: readonly string[];
}

/** A step of a transaction. */
export interface PlacedStep {
  /** The step's place in its series. */
  readonly at: number;
  readonly step: PlanStep;
  /** Its statements' answers may wait for the end of the transaction. */
  readonly isQuick: boolean;
}

/** What a transaction of one step or several says between its BEGIN and its COMMIT. */
export class TransactionScript {
  readonly #steps: readonly PlacedStep[];
  readonly #init: SeriesTransactionInit;
  readonly #ledger: pg.QueryConfig;

  /**
   * Finds out that every statement can be written before any is sent.
   *
   * @throws {migration.placeholder_unsafe}
   */
  constructor(steps: readonly [PlacedStep, ...PlacedStep[]], init: SeriesTransactionInit) {
    this.#steps = steps;
    this.#init = init;
    const [first, ...rest] = steps.map(({ step }) => step);
    if (first === undefined) throw new RangeError('a transaction holds at least one step');
    this.#ledger =
      rest.length === 0 ? recordQuery(first, init.hold) : recordAllQuery([first, ...rest], init.hold);
    for (const { step } of steps) this.#checkPlaceholders(step);
  }

  /** All messages in order, written as they are taken: scripts of a million statements are never there as a whole. */
  *messages(): Generator<SeriesMessage> {
    const last = this.#steps.at(-1);
    for (const placed of this.#steps) {
      yield* this.#opening(placed);
      yield* this.#statements(placed, placed === last);
    }
    const at = last?.at ?? 0;
    yield { ...own(this.#ledger, at), purpose: { kind: 'record', step: at, asserts: !this.#fencedFirst } };
  }

  /** Whether the row of the fence is what keeps others away, or must know of the schema that is made. */
  get #fencedFirst(): boolean {
    return this.#init.session === 'lent' || this.#init.createSchema;
  }

  /**
   * The ledger row asserts the fence, so that nothing commits without it; what must be known before anything is done is
   * whether the schema is there.
   */
  *#opening({ at, step }: PlacedStep): Generator<SeriesMessage> {
    const isFirst = step === this.#steps[0]?.step;
    if (isFirst && this.#fencedFirst) {
      const [fence, ...rest] = fenceMessages(step, this.#init);
      yield { ...own(fence, at), purpose: { kind: 'fence', step: at } };
      for (const message of rest) yield own(message, at);
      return;
    }
    if (!isFirst) for (const command of this.#init.resets) yield own(command, at);
    yield own(beginStepQuery(step, this.#init), at);
  }

  *#statements({ at, step, isQuick }: PlacedStep, isLast: boolean): Generator<SeriesMessage> {
    const values = this.#values(step);
    const count = step.statements.length;
    for (const [statement, { text }] of step.statements.entries()) {
      const rendered = renderStatement(text, values, step.literalPlaceholder !== null);
      yield {
        text: rendered,
        values: [],
        describe: false,
        joined: false,
        // What comes behind the last one is ours and takes no time.
        flush: !isQuick && !(isLast && statement === count - 1),
        purpose: { kind: 'statement', step: at, statement },
      };
    }
    const verify = verifyMessage(step, values);
    if (verify !== null) yield { ...own(verify, at), describe: true, purpose: { kind: 'verify', step: at } };
  }

  #checkPlaceholders(step: PlanStep): void {
    if (step.literalPlaceholder === null) return;
    const values = this.#values(step);
    for (const { text } of step.statements) renderStatement(text, values, true);
  }

  #values({ version }: PlanStep): PlaceholderValues {
    const { connection, schema, backend } = this.#init.target;
    return { connection, schema, backend, version };
  }
}

/** Begins a transaction of BFM's own, whatever the database's defaults are. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE';

/** What opens a transaction of a step: the fence, the settings, and the schema when it is to be created. */
export function openingMessages(first: PlanStep, init: TransactionInit): Message[] {
  return [BEGIN, ...fenceMessages(first, init)];
}

function fenceMessages(first: PlanStep, init: TransactionInit): [Message, ...Message[]] {
  const { hold, target, createSchema } = init;
  const fence = openStepQuery(first, init, createSchema);
  if (!createSchema) return [fence];
  const create = `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(target.schema)}`;
  return [fence, create, { text: BIND_SCHEMA, values: [hold.scopeId, target.schema] }];
}

/** A message of BFM's own that is part of a step. */
export function own(message: Message, step: number): SeriesMessage {
  const { text, values } =
    typeof message === 'string' ? { text: message, values: [] } : { values: [], ...message };
  return {
    text,
    values: values.map(String),
    describe: false,
    flush: false,
    joined: false,
    purpose: { kind: 'own', step },
  };
}

interface StepSettings {
  readonly path: string;
  readonly lockTimeout: string;
  readonly statementTimeout: string;
}

function settingsOf({ execution }: PlanStep, { target, timeouts }: TransactionInit): StepSettings {
  return {
    path: `${quoteIdentifier(target.schema)}, public`,
    lockTimeout: `${execution.lockTimeoutMs ?? timeouts.lockTimeoutMs}ms`,
    statementTimeout: `${execution.statementTimeoutMs ?? timeouts.statementTimeoutMs}ms`,
  };
}

/** Asserts the fence, then sets search path, timeouts and what else the transaction's statements rely on. */
function openStepQuery(step: PlanStep, init: TransactionInit, creating: boolean): pg.QueryConfig {
  const { path, lockTimeout, statementTimeout } = settingsOf(step, init);
  const { scopeId, token, holder } = init.hold;
  return {
    text: 'SELECT bfm.open_step($1, $2, $3, $4, $5, $6, $7)',
    values: [scopeId, token, holder, creating, path, lockTimeout, statementTimeout],
  };
}

/** The same settings where the ledger row will assert the fence; the schema must be there. */
function beginStepQuery(step: PlanStep, init: TransactionInit): pg.QueryConfig {
  const { path, lockTimeout, statementTimeout } = settingsOf(step, init);
  return {
    text: 'SELECT bfm.begin_step($1, $2, $3, $4)',
    values: [quoteIdentifier(init.target.schema), path, lockTimeout, statementTimeout],
  };
}

/** What is committed, and how. */
export interface CommitInit {
  /** Their places in the series; none when nothing of the series is in the transaction. */
  readonly steps: readonly number[];
  readonly how: 'at once' | 'and chain';
  readonly waits: boolean;
  readonly next: number | null;
}

/** A COMMIT, or one that begins the next transaction too. What a migration set `synchronous_commit` to does not count. */
export function commitMessages({ steps, how, waits, next }: CommitInit): SeriesMessage[] {
  const text = how === 'at once' ? 'COMMIT' : 'COMMIT AND CHAIN';
  const step = steps.at(-1) ?? 0;
  return [
    own(waits ? 'SET LOCAL synchronous_commit TO DEFAULT' : 'SET LOCAL synchronous_commit TO off', step),
    {
      ...own(text, step),
      purpose: { kind: 'commit', step, steps, waits, next, chains: how === 'and chain' },
    },
  ];
}

const BIND_SCHEMA = `
UPDATE bfm.scope SET schema_oid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = $2)
WHERE scope_id = $1`;
