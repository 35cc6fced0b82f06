import {
  BfmError,
  isBfmError,
  mendFile,
  type Direction,
  type ErrorCode,
  type PlanStep,
  type Target,
  type Where,
} from '@bfm/core';
import { placeInSource } from '@bfm/engine';
import pg from 'pg';
import { SilenceError } from './silence/silence-verdict.ts';
import { describeBlockers, type Blocker } from './silence/blocker.ts';
import { completeRepairs } from './repair-commands.ts';
import {
  classifyPgError,
  codeOf,
  isConnectionError,
  isThereAlready,
  SCHEMA_GONE_SQLSTATE,
  textOf,
} from './pg-errors.ts';

/** Where a step went wrong. */
export interface StepErrorContext {
  readonly step: PlanStep;
  readonly target: Target;
  /** 0-based number of the statement; `null` when it was none of the file's. */
  readonly statement: number | null;
  readonly wasCancelled: boolean;
  /** What stays in the target, for people; `null`: nothing, it was one transaction. */
  readonly left: string | null;
  /** Whom the session waited for, as seen last. */
  readonly blockers: readonly Blocker[];
}

/** Turns a driver's error into one with code, place, and the next thing to do. Bound values are never in it. */
export function toStepError(error: unknown, context: StepErrorContext): BfmError {
  const where = placeOf(error, context);
  const { connection, schema } = context.target;
  const code = codeFor(error, context);
  return new BfmError(code, {
    message: messageOf(code, { ...context, error, place: `${connection}/${schema}` }),
    details: {
      where,
      ...(context.left === null ? {} : { left: context.left }),
      ...serverDetails(error),
      ...(error instanceof SilenceError && !error.isAnswered ? { unanswered: true } : {}),
      ...(code === 'step.lock_timeout' ? { blockers: context.blockers } : {}),
    },
    next: completeRepairs(
      (isBfmError(error) ? error.next : null) ?? nextOf(code, { ...context, sqlstate: codeOf(error) }),
      context,
    ),
    cause: error,
  });
}

/** What the server said apart from the message. */
function serverDetails(error: unknown): Record<string, string> {
  if (!(error instanceof pg.DatabaseError)) return {};
  const { code: sqlstate, detail, hint } = error;
  const said = Object.entries({ sqlstate, detail, hint });
  return Object.fromEntries(said.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function codeFor(error: unknown, { wasCancelled }: StepErrorContext): ErrorCode {
  if (isBfmError(error)) return error.code;
  switch (classifyPgError(error)) {
    case 'lost':
      return codeOfLoss(error);
    case 'fenced':
      return codeOf(error) === SCHEMA_GONE_SQLSTATE ? 'plan.stale' : 'target.fence_lost';
    case 'contended':
      return 'step.lock_timeout';
    case 'cancelled':
      return wasCancelled ? 'run.cancelled' : 'step.timeout';
    case 'aborted':
    case 'failed':
      return 'step.failed';
  }
}

/** Whatever befell the session, only an error of the connection says that the server is at fault. */
function codeOfLoss(error: unknown): ErrorCode {
  return isConnectionError(error) ? 'target.unreachable' : 'internal.invariant';
}

function messageOf(
  code: ErrorCode,
  { error, place, step, left, blockers }: StepErrorContext & { error: unknown; place: string },
): string {
  const text = textOf(error);
  switch (code) {
    case 'target.unreachable':
      return `the connection to ${place} broke during ${step.migrationId}: ${text}`;
    case 'internal.invariant':
      return `BFM itself failed during ${step.migrationId} in ${place}: ${text}`;
    case 'target.fence_lost':
      return `another run took ${place} over; ${step.migrationId} was not committed`;
    case 'run.cancelled':
      return left === null
        ? `cancelled: ${step.migrationId} was aborted in ${place} and left nothing behind`
        : `cancelled: ${step.migrationId} was stopped in ${place}; ${left}`;
    case 'step.lock_timeout':
      return `${step.migrationId} failed in ${place}: ${text}${waitedFor(blockers)}; ${left ?? 'its transaction was aborted'}`;
    default:
      return `${step.migrationId} failed in ${place}: ${text}; ${left ?? 'its transaction was aborted'}`;
  }
}

function waitedFor(blockers: readonly Blocker[]): string {
  return blockers.length === 0 ? '' : ` while it waited for ${describeBlockers(blockers)}`;
}

const DISK_FULL = '53100';

/** The file is not at fault, whatever was being written. */
const NEXT_OF_FULL_DISK =
  'make room on the disk of the database server (its data directory, WAL and tablespaces), then run the same command again';

/** By SQLSTATE: what to do about failures whose mend is not plain. */
const NEXT_BY_SQLSTATE: Readonly<Partial<Record<string, string>>> = {
  '55P04':
    'move the statements that use the new value into a migration of their own: a value can be used once it is committed; then run the same command again',
};

function nextOfFailure(sqlstate: string, statement: number | null, step: PlanStep): string {
  const { direction } = step;
  if (sqlstate === DISK_FULL) return NEXT_OF_FULL_DISK;
  if (statement === null) return NEXT_OF_OWN[sqlstate] ?? mendStep(step);
  if (isThereAlready(sqlstate)) return nextOfExisting(direction);
  return NEXT_BY_SQLSTATE[sqlstate] ?? mendStep(step);
}

/** What is rolled back before it can be had back, unless part of this one is undone as well. */
function mendStep({ direction, execution }: PlanStep): string {
  const isWhole = execution.transaction !== 'none';
  const back = direction === 'down' && isWhole ? '; or have back what is undone already: bfm up' : '';
  return `${mendFile(direction)}${back}`;
}

/** What a ledger does not know of may have been made by hand, or by another tool. */
function nextOfExisting(direction: Direction): string {
  const [state, repair] =
    direction === 'up' ? ['is not applied', 'mark-applied'] : ['is applied', 'mark-pending'];
  return `it is there already, although by the ledger the migration ${state}: when somebody has done by hand all that the file does, say so: bfm repair ${repair}; when not, take away what is in the way, or ${mendFile(direction)}`;
}

function nextOfContended(sqlstate: string, blockers: readonly Blocker[]): string {
  if (blockers.length > 0) return nextForBlockers(blockers);
  return /^(?:XX000|23505)$/.test(sqlstate)
    ? 'several transactions changed the same shared object at once: run the same command again, with a lower --concurrency if need be'
    : 'find out who holds the lock (pg_stat_activity), or give it longer with -- bfm: lock-timeout=...';
}

/** The same for what BFM itself sends behind a migration's statements. */
const NEXT_OF_OWN: Readonly<Partial<Record<string, string>>> = {
  '42501':
    'grant the role of the connection USAGE and CREATE on the schema, and the rights that bfm init --sql prints; a migration that sets a role ends in the one it began with (RESET ROLE); then run the same command again',
  '25006':
    'take SET TRANSACTION READ ONLY out: BFM writes its ledger row in the same transaction; then run the same command again',
};

function nextOf(
  code: ErrorCode,
  {
    sqlstate,
    statement,
    step,
    blockers,
  }: Pick<StepErrorContext, 'statement' | 'step' | 'blockers'> & { sqlstate: string },
): string {
  switch (code) {
    case 'target.unreachable':
      return `check the server, then run the same command again: what was committed is skipped`;
    case 'step.lock_timeout':
      return nextOfContended(sqlstate, blockers);
    case 'step.timeout':
      return 'give the statement longer with -- bfm: statement-timeout=... or --statement-timeout';
    case 'internal.invariant':
      return 'please report this, with the command and what BFM_DEBUG=1 prints';
    case 'run.cancelled':
      return 'run the same command again to go on';
    case 'target.fence_lost':
      return 'look at what that run did with bfm history, then run the same command again';
    case 'plan.stale':
      return 'plan again: the schema was dropped or made anew meanwhile';
    default:
      return nextOfFailure(sqlstate, statement, step);
  }
}

function nextForBlockers(blockers: readonly Blocker[]): string {
  if (blockers.some(({ kind }) => kind === 'wraparound autovacuum')) {
    return 'wait until that autovacuum has ended (pg_stat_progress_vacuum shows how far it is), then run the same command again';
  }
  return 'have that session end its transaction (or end it: pg_terminate_backend), or wait longer with -- bfm: lock-timeout=...; then run the same command again';
}

/** The file position of an error; the server counts characters from the start of the statement. */
function placeOf(error: unknown, { step, target, statement }: StepErrorContext): Where {
  const where = {
    file: step.file,
    migration_id: step.migrationId,
    connection: target.connection,
    schema: target.schema,
  };
  const source = statement === null ? undefined : step.statements[statement];
  if (source === undefined || statement === null) return where;
  const position = error instanceof pg.DatabaseError ? Number(error.position ?? 1) : 1;
  const { backend, connection, schema } = target;
  const values = { backend, connection, schema, version: step.version };
  const filled = { values, batchSize: step.execution.batchSize };
  return { ...where, ...placeInSource(source, Math.max(0, position - 1), filled), statement: statement + 1 };
}
