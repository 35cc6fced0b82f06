import {
  alikeProblems,
  describeClaim,
  type AlikeProblem,
  type ImportPlan,
  type ImportTarget,
  type LeftAlone,
} from '@bfm/service';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { count, formatNumber, someNames } from './wording.ts';

/** So many problems are told one by one. */
const PROBLEMS_MAX = 20;
const NAMES_SHOWN = 5;

/** What an import would record, what was decided, what nobody has decided, and what is left alone. */
export function importView(plan: ImportPlan, look: Look): readonly string[] {
  const { paint } = look;
  const { targets, edits, state } = plan;
  const marked = targets.reduce((sum, each) => sum + each.marked, 0);
  const head = `Import: mark ${count(marked, 'migration')} as applied on ${count(edits.length, 'target')}, as the state at ${escapeLine(state)} has it`;
  const byConnection = Map.groupBy(targets, ({ target }) => target.connection);
  return [
    paint.bold(head),
    ...[...byConnection.values()].flatMap((those) => ['', ...connectionLines(those, look)]),
    ...problemLines('decided by --trust', alikeProblems(targets, 'settled'), look),
    ...problemLines('not decided', alikeProblems(targets, 'undecided'), look),
    ...lostLines(targets, look),
    ...leftAloneLines(plan.leftAlone, look),
    '',
    paint.dim(
      'The state has no checksums: those of the files as they are now are taken. Its times are taken as UTC.',
    ),
  ];
}

function connectionLines(targets: readonly ImportTarget[], { paint, width }: Look): readonly string[] {
  const [first] = targets;
  if (first === undefined) return [];
  const { connection } = first.target;
  const sum = (of: (target: ImportTarget) => number): number =>
    targets.reduce((total, each) => total + of(each), 0);
  const marked = sum(({ marked: number }) => number);
  const seen = sum(({ seen: number }) => number);
  const recorded = sum(({ recorded: number }) => number);
  const pending = sum(({ pending: number }) => number);
  const many = `${connection}: ${count(targets.length, 'schema')}: `;
  const names = targets.map(({ target }) => target.schema);
  return [
    paint.bold(paint.name(`${many}${someNames(names, width - many.length)}`)),
    `  ${count(marked, 'migration')} to be marked: ${formatNumber(seen)} seen in the catalog, ${formatNumber(marked - seen)} of which it shows nothing`,
    ...(recorded === 0
      ? []
      : [`  ${count(recorded, 'migration')} recorded in the ledger already, which counts`]),
    `  ${count(pending, 'migration')} pending`,
  ];
}

function problemLines(title: string, problems: readonly AlikeProblem[], { paint }: Look): readonly string[] {
  if (problems.length === 0) return [];
  const lines = problems
    .slice(0, PROBLEMS_MAX)
    .map(({ problem, targets }) => `  ${escapeLine(describeClaim(problem, targets))}`);
  const more = problems.length - lines.length;
  return [
    '',
    paint.warn(`${title}:`),
    ...lines,
    ...(more > 0 ? [paint.dim(`  and ${formatNumber(more)} more; --json has all`)] : []),
  ];
}

function lostLines(targets: readonly ImportTarget[], { paint, width }: Look): readonly string[] {
  const lost = targets
    .filter((each) => each.lost > 0)
    .map(({ target }) => `${target.connection}/${target.schema}`);
  if (lost.length === 0) return [];
  return ['', paint.warn('said to have migrations, and not there:'), `  ${someNames(lost, width - 2)}`];
}

function leftAloneLines(left: LeftAlone, { paint, symbols }: Look): readonly string[] {
  const { gone, misplaced, otherBackends, unconfigured, unknownSchemas, leftOut } = left;
  const some = (names: readonly string[]): string => {
    const shown = names.slice(0, NAMES_SHOWN).map(escapeLine).join(', ');
    return names.length > NAMES_SHOWN
      ? `${shown} and ${formatNumber(names.length - NAMES_SHOWN)} more`
      : shown;
  };
  const told: readonly (readonly [number, string])[] = [
    [gone.length, `no file: ${some(gone)}`],
    [
      misplaced.length,
      `ran where it does not run here: ${some(misplaced.map(({ migrationId, schema }) => `${migrationId} in ${schema === '' ? 'no schema' : schema}`))}`,
    ],
    [
      otherBackends.length,
      `other kinds of store: ${some(otherBackends.map(([name, rows]) => `${name}, ${count(rows, 'row')}`))}`,
    ],
    [
      unconfigured.length,
      `not configured: ${some(unconfigured.map(([name, targets]) => `${name}, ${count(targets, 'target')}`))}`,
    ],
    [unknownSchemas.length, `the state does not speak of: ${some(unknownSchemas)}`],
    [leftOut, `${count(leftOut, 'target')} by --leave-out`],
  ];
  const lines = told.filter(([number]) => number > 0).map(([, text]) => `  ${symbols.skip} ${text}`);
  return lines.length === 0 ? [] : ['', paint.warn('left alone:'), ...lines];
}
