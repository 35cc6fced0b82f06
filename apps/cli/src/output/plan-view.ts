import type { Fault, Plan, PlanGroup, PlanStep } from '@bfm/core';
import { renderStatement } from '@bfm/engine';
import type { KnownCatalog } from '@bfm/service';
import { groupAlike, othersAlike } from './alike.ts';
import { withPaths } from './error-view.ts';
import { escapeLine, escapeLines } from './escape.ts';
import { cutMiddle, padEnd } from './fit.ts';
import type { Look } from './look.ts';
import type { Paint } from './paint.ts';
import { planTotals } from './plan-totals.ts';
import { skipsView } from './skips-view.ts';
import { count, formatDuration, formatNumber, someNames } from './wording.ts';

/** What a plan's view needs beside the plan. */
export interface PlanViewContext {
  readonly catalog: Pick<KnownCatalog, 'byId'>;
  /** The path of a file as people see it. */
  readonly pathOf: (file: string) => string;
  /** Whether the statements are shown. */
  readonly sql: boolean;
}

const VERSION_WIDTH = 14;
/** Nobody reads more of one statement; what is longer holds rows or a generated body. */
const STATEMENT_LENGTH_MAX = 50_000;

/** A whole plan: totals, then each group of targets with its steps, each step's SQL once. */
export function planView(plan: Plan, context: PlanViewContext, look: Look): readonly string[] {
  const { targets, steps, migrations, irreversible } = planTotals(plan);
  const verb = plan.direction === 'up' ? 'apply' : 'roll back';
  const inAll = steps > migrations ? ` (${count(steps, 'step')})` : '';
  const head = `Plan: ${verb} ${count(migrations, 'migration')} on ${count(targets, 'target')}${inAll}`;
  const lines = [look.paint.bold(head)];
  if (irreversible > 0) {
    lines.push(look.paint.warn(`  ${count(irreversible, 'migration')} without a way back (no down file)`));
  }
  for (const group of plan.groups) {
    lines.push('');
    // Not spread into push: a call may have some ten thousand arguments only.
    for (const line of groupView(group, context, look)) lines.push(line);
  }
  const rest = [...skipsView(plan.skips, look), ...warningsView(plan, context, look)];
  if (rest.length > 0) lines.push('', ...rest);
  return [...lines, '', ...digestView(plan.digest, look)];
}

/** The first twelve digits are what people compare; the whole is what a machine does. */
function digestView(digest: string, { paint, width }: Look): readonly string[] {
  const short = `${paint.dim('digest')} ${digest.slice(0, 12)}`;
  if (`digest ${digest.slice(0, 12)} (${digest})`.length <= width) {
    return [`${short} ${paint.dim(`(${digest})`)}`];
  }
  return [short, paint.dim(`       ${digest}`)];
}

function groupView(group: PlanGroup, context: PlanViewContext, look: Look): readonly string[] {
  const [first] = group.steps;
  const isDynamic = first !== undefined && context.catalog.byId.get(first.migrationId)?.schema === null;
  const schemas = group.targets.map(({ schema }) => schema);
  const kind = look.paint.dim(isDynamic ? '(dynamic)' : '(fixed)');
  const lines = [`${look.paint.bold(look.paint.name(titleOf(group, schemas, look.width)))} ${kind}`];
  const created = group.targets.filter(({ createSchema }) => createSchema).map(({ schema }) => schema);
  if (created.length > 0) lines.push(`  ${creation(created, schemas, look.width)}`);
  for (const [index, step] of group.steps.entries()) {
    // Between blocks of SQL the eye needs a gap.
    if (context.sql && index > 0) lines.push('');
    for (const line of stepView(step, { group, context, look })) lines.push(line);
  }
  return lines;
}

function titleOf({ connection }: PlanGroup, schemas: readonly string[], width: number): string {
  if (schemas.length === 1) return `${connection}/${escapeLine(schemas[0] ?? '')}`;
  const head = `${connection}: ${count(schemas.length, 'schema')}: `;
  return `${head}${someNames(schemas, width - head.length - ' (dynamic)'.length)}`;
}

function creation(created: readonly string[], schemas: readonly string[], width: number): string {
  if (created.length === schemas.length) {
    return created.length === 1 ? 'creates this schema' : 'creates these schemas';
  }
  const head = `creates ${count(created.length, 'schema')}: `;
  return `${head}${someNames(created, width - head.length - 2)}`;
}

interface StepPlace {
  readonly group: PlanGroup;
  readonly context: PlanViewContext;
  readonly look: Look;
}

function stepView(step: PlanStep, { group, context, look }: StepPlace): readonly string[] {
  const { paint, width, symbols } = look;
  const kind = step.kind === 'atomic' ? step.kind : paint.warn(step.kind);
  const labels = [kind, ...(step.reason === 'dependency' ? ['needed by another'] : [])];
  const name = cutMiddle(escapeLine(step.name), Math.max(20, width - VERSION_WIDTH - 30), symbols.ellipsis);
  const lines = [
    `  ${padEnd(step.version, VERSION_WIDTH)} ${paint.bold(name)}  ${paint.dim('[')}${labels.join(', ')}${paint.dim(']')}`,
  ];
  if (!context.sql) return lines;
  lines.push(paint.dim(`    ${escapeLine(context.pathOf(step.file))}`));
  const notes = executionNotes(step);
  if (notes.length > 0) lines.push(paint.dim(`    ${notes.join(', ')}`));
  for (const text of sqlOf(step, group)) {
    for (const line of statementLines(text, look)) lines.push(line === '' ? '' : `      ${line}`);
  }
  return lines;
}

/** A statement's lines; of one with megabytes of rows, the beginning. */
function statementLines(text: string, { paint, symbols }: Look): readonly string[] {
  if (text.length <= STATEMENT_LENGTH_MAX) return escapeLines(`${text};`);
  const shown = escapeLines(text.slice(0, STATEMENT_LENGTH_MAX));
  const left = formatNumber(text.length - STATEMENT_LENGTH_MAX);
  return [...shown, paint.dim(`${symbols.ellipsis} and ${left} more characters; --json has them`)];
}

function executionNotes({ execution }: PlanStep): readonly string[] {
  const { transaction, batchSize, lockTimeoutMs, statementTimeoutMs } = execution;
  return [
    transaction === 'none' ? 'no transaction' : null,
    batchSize === null ? null : `batches of ${batchSize}`,
    lockTimeoutMs === null ? null : `lock timeout ${wholeTime(lockTimeoutMs)}`,
    statementTimeoutMs === null ? null : `statement timeout ${wholeTime(statementTimeoutMs)}`,
  ].filter((note) => note !== null);
}

/** A time somebody wrote down, not a measured one. */
function wholeTime(ms: number): string {
  return formatDuration(ms).replace('.0 s', ' s').replace(' 0 s', '').replace(' 0 min', '');
}

/** The statements as they are sent; for several targets the placeholders stay, since each fills them differently. */
function sqlOf(step: PlanStep, { targets, connection, backend }: PlanGroup): readonly string[] {
  const [only, second] = targets;
  if (only === undefined || second !== undefined) return step.statements.map(({ text }) => text);
  const values = { connection, backend, schema: only.schema, version: step.version };
  return step.statements.map(({ text }) => renderStatement(text, values, step.literalPlaceholder !== null));
}

/** Warnings about the source. Oddities of a migration are told only while it is in the plan, not for ever after. */
export function warningsView(
  plan: Plan,
  { pathOf }: Pick<PlanViewContext, 'pathOf'>,
  { paint }: Look,
): readonly string[] {
  const steps = plan.groups.flatMap((group) => group.steps);
  const files = new Set<string | undefined>(steps.map(({ file }) => file));
  const ids = new Set<string | undefined>(steps.map(({ migrationId }) => migrationId));
  const warnings = plan.warnings.filter(
    ({ code, where }) => code !== 'source.suspicious' || files.has(where.file) || ids.has(where.migration_id),
  );
  return groupAlike(warnings).flatMap(([first, ...others]) => {
    const lines = [warningLine(first, pathOf, paint)];
    if (others.length === 0) return lines;
    return [...lines, ...othersAlike(others, pathOf).map((line) => paint.dim(`  ${line}`))];
  });
}

function warningLine(
  { message, where, code }: Fault,
  pathOf: (file: string) => string,
  paint: Paint,
): string {
  const line = where.line === undefined ? '' : `:${where.line}`;
  const told = withPaths(message, { pathOf });
  const path = where.file === undefined ? '' : pathOf(where.file);
  const isTold = path === '' || (line === '' && told.includes(path));
  const place = isTold ? '' : ` (${escapeLine(path)}${line})`;
  return `${paint.warn(`warning[${code}]`)}: ${escapeLine(told)}${place}`;
}
