import type { Finding, Severity } from '@bfm/service';
import { formatPlace } from '@bfm/core';
import { nextLine, withPaths, type FileFinder } from './error-view.ts';
import { escapeLine } from './escape.ts';
import { wrap } from './fit.ts';
import type { Look } from './look.ts';
import { count } from './wording.ts';

const URGENT: ReadonlySet<Severity> = new Set(['warning', 'error']);

/** What a doctor has found: files first, then each database, what is well in a line, what is not with its mend. */
export function findingsView(findings: readonly Finding[], files: FileFinder, look: Look): readonly string[] {
  const lines: string[] = [];
  for (const [database, those] of Map.groupBy(findings, (finding) => finding.database)) {
    if (lines.length > 0) lines.push('');
    lines.push(
      look.paint.bold(look.paint.name(database === null ? 'files and configuration' : escapeLine(database))),
    );
    for (const finding of those) lines.push(...findingView(finding, files, look));
  }
  return [...lines, '', verdict(findings, look)];
}

function findingView(finding: Finding, files: FileFinder, look: Look): readonly string[] {
  const { severity, code, message, mend } = finding;
  const label = URGENT.has(severity) ? `${severity}[${code}]: ` : '';
  const text = withPaths(`${label}${message}`, files);
  const [first = '', ...rest] = wrap(escapeLine(text), look.width - 2);
  const lines = [`${signOf(severity, look)} ${first}`, ...rest.map((line) => `  ${line}`)];
  const place = placeOf(finding, files);
  if (place !== '') lines.push(`  at ${look.paint.name(escapeLine(place))}`);
  if (mend !== null && severity !== 'ok') lines.push(nextLine(withPaths(mend, files), look));
  return lines;
}

function placeOf({ where }: Finding, { pathOf }: FileFinder): string {
  return where.file === undefined ? '' : formatPlace({ ...where, file: pathOf(where.file) });
}

function signOf(severity: Severity, { paint, symbols }: Look): string {
  switch (severity) {
    case 'ok':
      return paint.good(symbols.tick);
    case 'info':
      return paint.dim(symbols.dot);
    case 'warning':
      return paint.warn('!');
    case 'error':
      return paint.bad(symbols.cross);
  }
}

function verdict(findings: readonly Finding[], { paint, symbols }: Look): string {
  const urgent = findings.filter(({ severity }) => URGENT.has(severity)).length;
  if (urgent === 0) return `${paint.good(symbols.tick)} Nothing needs anybody.`;
  return `${paint.bad(symbols.cross)} ${count(urgent, 'finding needs', 'findings need')} somebody.`;
}
