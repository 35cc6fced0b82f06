import {
  describeHolder,
  type EngineEvent,
  type MigrationId,
  type Plan,
  type PlanStep,
  type StatementProgress,
  type StepResult,
  type Target,
} from '@bfm/core';
import { escapeLine, squeeze } from './escape.ts';
import { cutEnd, cutMiddle, displayWidth, padEnd, padStart, wrap } from './fit.ts';
import type { Look } from './look.ts';
import { shortMessage, toProblem } from './problem.ts';
import { wasCancelled } from './run-ends.ts';
import { count, formatDuration } from './wording.ts';

/** A step while it runs, as far as the echo tells of it. */
export interface EchoedStep {
  readonly target: Target;
  readonly migrationId: MigrationId;
  readonly startedMs: number;
  /** When its running statement began, as far as is known: when the one before had been answered. */
  statementMs: number;
  /** The statement it is at, 0-based: not the number of those answered when it goes on where an earlier run ended. */
  at: number;
  /** Statements it has. */
  readonly planned: number;
  /** How far its running statement has come, when that is known. */
  progress: StatementProgress | null;
  readonly statements: Extract<EngineEvent, { type: 'statement.finished' }>[];
  /** The first ones, each with the number of statements done before the one it belongs to. */
  readonly notices: (Pick<Extract<EngineEvent, { type: 'notice' }>, 'severity' | 'message'> & {
    readonly after: number;
  })[];
  /** All there were. */
  noticeCount: number;
}

/** Columns in front of a statement, where its number stands. */
export const STATEMENT_INDENT = 7;

/** `version name` by id. */
export type StepNames = ReadonlyMap<MigrationId, PlanStep>;

/** Columns of an echo, decided once from the plan, so that all its lines are aligned. */
export interface EchoLayout {
  readonly names: StepNames;
  /** Columns of a whole line. */
  readonly width: number;
  /** Whether statements that went well are listed. */
  readonly lists: 'statements' | 'migrations';
}

/** A layout and how to draw it now. */
export interface EchoStyle extends EchoLayout {
  readonly look: Look;
}

const TIME_WIDTH = 12;
const COMMAND_WIDTH = 16;
/** Narrower screens do without the server's word for a statement: its text begins with that anyway. */
const COMMANDS_FROM = 110;
const WIDTH_MAX = 160;
/** Enough for the names of the migrations above the statements. */
const SQL_MIN = 60;

/** Lays an echo out: no wider than the screen, and no wider than the longest line asks for. */
export function echoLayout(
  plan: Pick<Plan, 'groups'>,
  look: Look,
  lists: EchoLayout['lists'] = 'statements',
): EchoLayout {
  const names = new Map<MigrationId, PlanStep>();
  let sql = SQL_MIN;
  for (const { steps } of plan.groups) {
    for (const step of steps) {
      names.set(step.migrationId, step);
      for (const { text } of step.statements) sql = Math.max(sql, Math.min(WIDTH_MAX, squeeze(text).length));
    }
  }
  const wanted = STATEMENT_INDENT + sql + 2 + COMMAND_WIDTH + TIME_WIDTH;
  return { names, width: Math.min(look.width, WIDTH_MAX, wanted), lists };
}

/** What is shown of a step once it has ended; nothing of one that was not begun. */
export function finishedStepView(
  result: StepResult,
  step: EchoedStep | null,
  style: EchoStyle,
): readonly string[] {
  if (result.outcome === 'not_started') return [];
  const { look } = style;
  const { sign, colour, word } = ENDS[wasCancelled(result) ? 'cancelled' : result.outcome];
  const time = result.outcome === 'skipped' ? '' : formatDuration(result.durationMs);
  const label = word === '' ? '' : `  ${look.paint.dim(word)}`;
  const head = headOf(result, style, displayWidth(label) + TIME_WIDTH + 2);
  const line = `${look.paint[colour](look.symbols[sign])} ${head.text}${label}`;
  const lines = [`${padEnd(line, style.width - TIME_WIDTH)}${padStart(time, TIME_WIDTH)}`.trimEnd()];
  if (step === null) return lines;
  lines.push(...(style.lists === 'statements' ? statementsView(step, style) : warningsView(step, style)));
  if (result.outcome === 'failed') lines.push(...failedStatementView(result, style));
  return lines;
}

function statementsView(step: EchoedStep, style: EchoStyle): readonly string[] {
  const each = step.statements.flatMap((statement, index) => [
    statementView(statement, style),
    ...noticesView(step, index, style),
  ]);
  return [...each, ...noticesView(step, step.statements.length, style), ...noticesLeftOut(step, style)];
}

/** What a server warns of is told even where its statement is not. */
function warningsView(step: EchoedStep, style: EchoStyle): readonly string[] {
  return step.notices
    .filter(({ severity }) => severity === 'WARNING')
    .map((notice) => noticeView(notice, style));
}

const ENDS = {
  applied: { sign: 'tick', colour: 'good', word: '' },
  rolled_back: { sign: 'tick', colour: 'good', word: 'rolled back' },
  skipped: { sign: 'skip', colour: 'dim', word: 'skipped: done already by another run' },
  failed: { sign: 'cross', colour: 'bad', word: 'failed' },
  cancelled: { sign: 'skip', colour: 'warn', word: 'cancelled' },
  needs_attention: { sign: 'cross', colour: 'bad', word: 'needs attention' },
  planned: { sign: 'dot', colour: 'dim', word: 'planned' },
} as const;

/** Version, name and place of a step, in what is left of a line's width. */
export function headOf(
  { migrationId, target }: Pick<StepResult, 'migrationId' | 'target'>,
  { names, width, look }: EchoStyle,
  taken: number,
): { readonly text: string } {
  const step = names.get(migrationId);
  const version = step === undefined ? '' : `${step.version} `;
  const place = escapeLine(`${target.connection}/${target.schema}`);
  const room = Math.max(12, width - taken - version.length - displayWidth(place) - 2);
  const name = cutMiddle(escapeLine(step?.name ?? migrationId), room, look.symbols.ellipsis);
  return { text: `${version}${look.paint.bold(name)}  ${look.paint.name(place)}` };
}

function statementView(
  { statement, sql, command, durationMs }: EchoedStep['statements'][number],
  { width, look }: EchoStyle,
): string {
  const tagWidth = look.width < COMMANDS_FROM ? 0 : COMMAND_WIDTH;
  const room = width - STATEMENT_INDENT - 2 - tagWidth - TIME_WIDTH;
  const text = padEnd(cutEnd(squeeze(sql), room, look.symbols.ellipsis), room);
  const number = look.paint.dim(padStart(String(statement), STATEMENT_INDENT - 2));
  const tag = padEnd(cutEnd(escapeLine(command), tagWidth, look.symbols.ellipsis), tagWidth);
  return `${number}  ${text}  ${look.paint.dim(`${tag}${padStart(formatDuration(durationMs), TIME_WIDTH)}`)}`;
}

function failedStatementView(
  { error, migrationId }: StepResult,
  { names, width, look }: EchoStyle,
): string[] {
  const number = error?.details.where?.statement;
  const statement = number === undefined ? undefined : names.get(migrationId)?.statements[number - 1];
  if (number === undefined || statement === undefined) return [];
  const sign = look.paint.bad(padStart(`${look.symbols.cross} ${number}`, STATEMENT_INDENT - 2));
  return [`${sign}  ${cutEnd(squeeze(statement.text), width - STATEMENT_INDENT, look.symbols.ellipsis)}`];
}

function noticesView({ notices }: EchoedStep, after: number, style: EchoStyle): readonly string[] {
  return notices.filter((notice) => notice.after === after).map((notice) => noticeView(notice, style));
}

function noticeView(
  { severity, message }: EchoedStep['notices'][number],
  { look, width }: EchoStyle,
): string {
  const text = cutEnd(`${severity}: ${squeeze(message)}`, width - STATEMENT_INDENT, look.symbols.ellipsis);
  return `${' '.repeat(STATEMENT_INDENT)}${look.paint.dim(text)}`;
}

function noticesLeftOut({ notices, noticeCount }: EchoedStep, { look }: EchoStyle): readonly string[] {
  const left = noticeCount - notices.length;
  return left === 0
    ? []
    : [`${' '.repeat(STATEMENT_INDENT)}${look.paint.dim(`and ${count(left, 'more notice')}`)}`];
}

/** Says that a transaction is tried again, and why. */
export function retryView(
  { step, error, attempt, delayMs }: Extract<EngineEvent, { type: 'step.retrying' }>,
  names: StepNames,
  { paint, symbols }: Look,
): readonly string[] {
  const name = names.get(step.migrationId)?.name ?? step.migrationId;
  const place = escapeLine(`${step.target.connection}/${step.target.schema}`);
  const head = `${symbols.wait} try ${attempt} of ${escapeLine(name)} in ${place} was blocked; again in ${formatDuration(delayMs)}`;
  return [paint.warn(head), paint.dim(`  ${squeeze(shortMessage(toProblem(error)))}`)];
}

/** Says that another run holds a target. */
export function waitingView(
  { target, holder }: Extract<EngineEvent, { type: 'target.waiting' }>,
  { paint, symbols, width }: Look,
): readonly string[] {
  const place = escapeLine(`${target.connection}/${target.schema}`);
  const text = `${symbols.wait} waiting for ${place}, held by ${escapeLine(describeHolder(holder))}`;
  return wrap(text, width - 2).map((line, index) => paint.warn(index === 0 ? line : `  ${line}`));
}

/** Says that a target was lost while it was held. */
export function lostView(
  { target, error }: Extract<EngineEvent, { type: 'target.lost' }>,
  { paint, symbols }: Look,
): readonly string[] {
  const place = escapeLine(`${target.connection}/${target.schema}`);
  const head = `${symbols.wait} ${place} was lost and is taken anew`;
  return [paint.warn(head), paint.dim(`  ${squeeze(shortMessage(toProblem(error)))}`)];
}
