import { formatPlace, type BfmError, type Where } from '@bfm/core';
import { groupAlike, othersAlike } from './alike.ts';
import { escapeLine, escapeLines } from './escape.ts';
import { excerpt } from './excerpt.ts';
import { wrap } from './fit.ts';
import { withPlaces } from './given-places.ts';
import type { Look } from './look.ts';
import { withProgramName } from './program-name.ts';
import { groupByCause, toProblems, type Cause, type Problem } from './problem.ts';
import { count, someNames } from './wording.ts';

/** Finds what places speak of; {@link SourceFiles} in life. */
export interface FileFinder {
  readonly pathOf: (file: string) => string;
  readonly lineAt: (where: Where) => string | null;
}

const CAUSES_MAX = 20;

/** An error with all its faults, those of one cause told once. */
export function errorView(error: BfmError, files: FileFinder, look: Look): readonly string[] {
  const causes = groupByCause(toProblems(error));
  const inTargets = causes.filter(({ targets }) => targets.length > 1);
  const inFiles = groupAlike(
    causes.filter(({ targets }) => targets.length <= 1).map(({ problem }) => problem),
  );
  const views = [
    ...inTargets.map((cause) => ({ next: cause.problem.next, lines: causeView(cause, files, look) })),
    ...inFiles.map((alike) => ({ next: alike[0].next, lines: alikeView(alike, files, look) })),
  ];
  const told = views.slice(0, CAUSES_MAX);
  const lines = told.flatMap((view) => view.lines);
  if (views.length > CAUSES_MAX) {
    lines.push(`... and ${count(views.length - CAUSES_MAX, 'more fault')}; --json lists them all`);
  }
  const alreadyTold = told.some(({ next }) => next === error.next);
  return error.next === null || alreadyTold
    ? lines
    : [...lines, nextLine(withPaths(error.next, files), look)];
}

/** What was found at several places: the first as it is, and where the others are. */
function alikeView(
  [first, ...others]: readonly [Problem, ...Problem[]],
  files: FileFinder,
  look: Look,
): readonly string[] {
  const rest = others.length === 0 ? [] : othersAlike(others, files.pathOf).map((line) => `  ${line}`);
  return [
    ...headView({ problem: first, targets: [] }, files, look),
    ...rest,
    ...nextView(first, files, look),
  ];
}

/** One cause: what, in how many targets, where, what the server said, what to do. */
export function causeView(cause: Cause, files: FileFinder, look: Look): readonly string[] {
  return [...headView(cause, files, look), ...nextView(cause.problem, files, look)];
}

function headView({ problem, targets }: Cause, files: FileFinder, look: Look): readonly string[] {
  const label = `error[${problem.code}]`;
  const [first = '', ...rest] = wrapLines(`${label}: ${withPaths(problem.message, files)}`, look.width);
  const lines = [first.replace(label, look.paint.bad), ...rest];
  if (targets.length > 1) {
    const head = `  in ${count(targets.length, 'target')}: `;
    lines.push(`${head}${someNames(targets, look.width - head.length)}`);
  }
  lines.push(...placeView(problem.where, files, look));
  for (const [name, text] of problem.remarks) lines.push(...remarkView(name, text, look));
  return lines;
}

function nextView({ next }: Problem, files: FileFinder, look: Look): readonly string[] {
  return next === null ? [] : [nextLine(withPaths(next, files), look)];
}

const PATH_IN_TREE = /(?<![\w./-])(?:postgresql|greptimedb|etcd)\/[^\s:,;()?"']*[^\s:,;()?"'.]/g;

/** A text in which files of the tree have the paths that people see, as they have them in places. */
export function withPaths(text: string, { pathOf }: Pick<FileFinder, 'pathOf'>): string {
  return text.replace(PATH_IN_TREE, (path) => pathOf(path));
}

function placeView(where: Problem['where'], files: FileFinder, look: Look): readonly string[] {
  if (where.file === undefined) return [];
  const place = formatPlace({ ...where, file: files.pathOf(where.file) });
  const lines = [`  at ${look.paint.name(escapeLine(place))}`];
  const text = files.lineAt(where);
  if (text === null || where.line === undefined) return lines;
  return [...lines, ...excerpt({ text, line: where.line, column: where.column ?? null }, look)];
}

function remarkView(name: string, text: string, look: Look): readonly string[] {
  const [first = '', ...rest] = wrapLines(`${name}: ${text}`, look.width - 4);
  return [`  ${first.replace(`${name}:`, look.paint.dim)}`, ...rest.map((line) => `    ${line}`)];
}

const SENTENCE = /^bfm [a-z -]+ (?:shows?|lists?|tells?|says?|reads?|finds?) /;

/** The line that says what to do; its commands work when typed. */
export function nextLine(text: string, look: Look): string {
  const next = withProgramName(withPlaces(text), look.program);
  // A command stays on one line, so that it can be copied; a sentence about one need not.
  const isCommand = text.startsWith('bfm ') && !SENTENCE.test(text);
  const lines = isCommand ? [escapeLine(next)] : wrapLines(next, look.width - 8);
  return `  ${look.paint.bold('next:')} ${lines.join('\n        ')}`;
}

function wrapLines(text: string, width: number): readonly string[] {
  // What is laid out already keeps its lines as they are.
  return escapeLines(text).flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width)));
}
