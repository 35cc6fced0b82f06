import { BfmError, type BareStatement, type Statement } from '@bfm/core';
import { oneCommand } from '../message.ts';
import { classifyPgError, codeOf } from '../pg-errors.ts';
import type { Answer } from '../pipeline.ts';
import type { BareContext } from './bare-context.ts';
import { indexIn } from './effects.ts';
import { isAsAsked } from './expected-index.ts';
import { expectDone } from './step-session.ts';
import { Halt, NeedsAttention } from './halt.ts';
import type { Intent, Sighting } from './progress.ts';
import { settle, type Evidence, type Settlement } from './settle.ts';

/** A bare statement and where it stands. */
export interface NumberedBare {
  readonly statement: Statement;
  readonly bare: BareStatement;
  /** 0-based. */
  readonly number: number;
}

/** How long taking away what a failed statement left may wait for others, in milliseconds. */
const CLEAN_AFTER_FAILURE_MS = 30_000;
const CLEAN_AFTER_CANCEL_MS = 3_000;

/**
 * Runs one statement outside of any transaction: intent, statement alone, look, done row. Whatever happens between, the
 * intent tells the next run what to look for.
 *
 * @throws {@link Halt}
 */
export async function runBare(numbered: NumberedBare, context: BareContext): Promise<void> {
  const { bare } = numbered;
  const { session } = context;
  const waits = needsTurn(bare);
  await session.prepareBare(context.lockTimeoutMs(blocksNobody(bare)));
  await using _claim = await context.claim(numbered.number);
  await using _turn = waits ? await context.takeTurn(numbered.number) : NO_TURN;
  const before = await session.look(bare);
  await context.recordIntent(numbered.number, before);
  await context.failpoint('bare.intent_committed');
  const answer = await sendAlone(numbered, context);
  await context.failpoint('bare.statement_done');
  const isDone =
    answer.error === null
      ? await confirm(numbered, before, context)
      : await settleFailure(numbered, { before, error: answer.error }, context);
  await context.failpoint('bare.probe_done');
  if (!isDone) throw new Halt(undoneBehindOurBack(), { statement: numbered.number });
  await context.recordDone(numbered.number + 1);
  await context.failpoint('bare.done_recorded');
}

/** The server said done; whether it is, the catalog says. */
async function confirm(numbered: NumberedBare, before: Sighting, context: BareContext): Promise<boolean> {
  const settlement = await judge(numbered.bare, { before, answer: 'succeeded' }, context);
  await carryOut(numbered, settlement, context);
  return isDoneBy(settlement);
}

/** Looks at what there is now and judges. An index that appeared since is compared with what was asked for. */
async function judge(
  bare: BareStatement,
  { before, answer }: Pick<Evidence, 'before' | 'answer'>,
  { session }: BareContext,
): Promise<Settlement> {
  const now = await session.look(bare);
  const index = indexIn(now);
  const isNew = index !== null && index.oid !== indexIn(before)?.oid;
  const isDoubtful = isNew && !(index.valid && answer === 'succeeded');
  const asAsked = isDoubtful && bare.effect === 'create_index' ? await isAsAsked(bare, index, session) : true;
  return settle(bare, { before, now, answer, isAsAsked: asAsked }, session.values);
}

function isDoneBy(settlement: Settlement): boolean {
  return settlement.kind === 'done' || (settlement.kind === 'mend' && settlement.then === 'done');
}

/**
 * Finds out what became of a bare statement whose end nobody noted, and ends or undoes what half of it left.
 *
 * @returns whether it is done; otherwise it may be run
 * @throws {@link Halt} {@link NeedsAttention}
 */
export async function settleIntent(
  numbered: NumberedBare,
  intent: Intent,
  context: BareContext,
): Promise<boolean> {
  const { bare, number } = numbered;
  const { session } = context;
  await using _claim = await context.claim(number);
  // What a statement does to locks of its own session shows there only.
  await context.waitForBackend(intent, number);
  await session.prepareBare(context.lockTimeoutMs(blocksNobody(bare)));
  await using _turn = needsTurn(bare) ? await context.takeTurn(number) : NO_TURN;
  const settlement = await judge(bare, { before: intent.before, answer: 'unheard' }, context);
  await carryOut(numbered, settlement, context);
  return isDoneBy(settlement);
}

const NO_TURN: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** Whether a statement waits for every older transaction of its database. */
function needsTurn({ effect }: BareStatement): boolean {
  return (
    effect === 'create_index' ||
    effect === 'drop_index' ||
    effect === 'reindex_concurrently' ||
    effect === 'detach_partition'
  );
}

/** Detaching a partition locks it out for everybody at its end, so that whoever waits behind it waits as well. */
function blocksNobody(bare: BareStatement): boolean {
  return needsTurn(bare) && bare.effect !== 'detach_partition';
}

async function sendAlone({ statement, number }: NumberedBare, context: BareContext): Promise<Answer> {
  const { session } = context;
  const message = session.render(statement.text);
  const sinceMs = context.nowMs();
  const answer = await context.sendOutside(message);
  if (answer.error === null) session.tell(answer, { statement: number, sql: statement.text, sinceMs });
  return answer;
}

/**
 * Takes away what a statement that failed left, so that the next try finds what this one found, and throws its error;
 * unless it was done all the same, as when a cancel came too late or what was left could be ended.
 */
async function settleFailure(
  numbered: NumberedBare,
  { before, error }: { readonly before: Sighting; readonly error: unknown },
  context: BareContext,
): Promise<boolean> {
  const kind = classifyPgError(error);
  const { bare, number } = numbered;
  if (kind === 'lost') throw new Halt(error, { statement: number });
  if (bare.effect === 'unknown' && !wasRefusedAtOnce(error)) {
    throw new NeedsAttention(partlyDone(error), number);
  }
  const settlement = await judge(bare, { before, answer: 'failed' }, context);
  const limitMs = kind === 'cancelled' ? CLEAN_AFTER_CANCEL_MS : CLEAN_AFTER_FAILURE_MS;
  const clean = await tidy(settlement, { number, limitMs }, context);
  if (clean && isDoneBy(settlement)) return true;
  // Else the intent stays, and leaves it to the next run.
  if (clean) await context.recordDone(number);
  throw new Halt(error, { statement: number, left: clean ? null : halfOf(bare) });
}

/** Tells whether nothing of it is half done any more. */
async function tidy(
  settlement: Settlement,
  limits: { readonly number: number; readonly limitMs: number },
  context: BareContext,
): Promise<boolean> {
  if (settlement.kind === 'foreign') throw new NeedsAttention(foreignIndex(settlement.index), limits.number);
  return settlement.kind !== 'mend' || takeAway(settlement.statements, limits, context);
}

function halfOf({ effect }: BareStatement): string {
  return effect === 'detach_partition'
    ? 'a partition half detached, which the next run ends'
    : 'an INVALID index, which the next run takes away';
}

async function takeAway(
  statements: readonly string[],
  { limitMs }: { readonly limitMs: number },
  context: BareContext,
): Promise<boolean> {
  await context.session.plain({ text: LIMIT_STATEMENT, values: [`${limitMs}ms`] });
  for (const sql of statements) {
    const { error } = await context.sendOutside(oneCommand(sql));
    if (error !== null) return false;
  }
  return true;
}

const LIMIT_STATEMENT = "SELECT pg_catalog.set_config('statement_timeout', $1, false)";

async function carryOut(numbered: NumberedBare, settlement: Settlement, context: BareContext): Promise<void> {
  const { number } = numbered;
  switch (settlement.kind) {
    case 'done':
    case 'absent':
      return;
    case 'mend':
      for (const sql of settlement.statements) {
        expectDone(await context.sendOutside(oneCommand(sql)), number);
      }
      return;
    case 'foreign':
      throw new NeedsAttention(foreignIndex(settlement.index), number);
    case 'other':
      throw new NeedsAttention(otherThing(settlement.found), number);
    case 'unknown':
      throw new NeedsAttention(unknownOutcome(), number);
  }
}

/** Syntax, names and rights are checked before anything is done (SQLSTATE classes 42, 0A, 28). */
function wasRefusedAtOnce(error: unknown): boolean {
  return /^(?:42|0A|28)/.test(codeOf(error));
}

function foreignIndex(index: string): BfmError {
  return new BfmError('step.invalid_index', {
    message: `an INVALID index ${index} that BFM did not make stands where the new one should; the server would call it done`,
    details: { index },
    next: 'when nobody is building it, drop it (DROP INDEX CONCURRENTLY), then run the same command again',
  });
}

function otherThing(found: string): BfmError {
  return new BfmError('step.other_object', {
    message: `the statement was interrupted, and what is there now under its name is not what it asks for, or cannot be compared with it: ${found}`,
    details: { found },
    next: 'when it is what you want, go on behind the statement: bfm repair mark-pending --statement NEXT; when it is not, rename or drop it and run the same command again',
  });
}

function unknownOutcome(): BfmError {
  return new BfmError('step.unknown', {
    message:
      'the statement was begun, nobody heard its end, and nothing in the database tells whether it was done',
    next: 'look for its effect. When it is not there, run it again: bfm repair mark-pending --statement THIS. When it is, go on behind it: bfm repair mark-pending --statement NEXT',
  });
}

function partlyDone(error: unknown): BfmError {
  return new BfmError('step.unknown', {
    message: `a statement that may commit on its own failed, and what it had committed stays: ${error instanceof Error ? error.message : String(error)}`,
    next: 'look for its effect. When it is not there, run it again: bfm repair mark-pending --statement THIS. When it is, go on behind it: bfm repair mark-pending --statement NEXT',
    cause: error,
  });
}

function undoneBehindOurBack(): BfmError {
  return new BfmError('step.failed', {
    message: 'the server said done, yet its effect is not there: somebody undid it meanwhile',
    next: 'find out who, then run the same command again',
  });
}
