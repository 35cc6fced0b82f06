import type { Goal } from './goals.ts';
import type { Result } from './rounds.ts';
import { pairedRatio, toSpread, type Spread } from './statistics.ts';

/** What the others of a workload are divided by. */
const REFERENCES: Readonly<Record<string, string>> = {
  'one-schema': 'w1 floor batch-1',
  fleet: 'w2 floor batch-4',
  'one-schema no-op': 'node -e 0',
  'fleet no-op': 'node -e 0',
  start: 'node -e 0',
};

/** One line of the table and of the JSON file. */
export interface ReportRow {
  readonly workload: string;
  readonly contender: string;
  readonly seconds: Spread;
  readonly peakMib: number | null;
  readonly reference: string;
  readonly ratio: Spread | null;
}

/** Summarises results, each against its workload's reference. */
export function toRows(results: readonly Result[]): readonly ReportRow[] {
  const byName = new Map(results.map((result) => [result.contender.name, result]));
  return results.map(({ contender, samples }) => {
    const reference = REFERENCES[contender.workload] ?? '';
    const against = byName.get(reference);
    const seconds = samples.map((sample) => sample.seconds);
    const peaks = samples.map(({ peakMib }) => peakMib).filter((peak) => peak !== null);
    return {
      workload: contender.workload,
      contender: contender.name,
      seconds: toSpread(seconds),
      peakMib: peaks.length === 0 ? null : Math.max(...peaks),
      reference,
      ratio:
        against === undefined
          ? null
          : pairedRatio(
              seconds,
              against.samples.map((sample) => sample.seconds),
            ),
    };
  });
}

/** The table for people. */
export function renderTable(rows: readonly ReportRow[]): string {
  const header = ['workload', 'contender', 'median s', 'min-max s', 'ratio', 'min-max', 'of', 'peak MiB'];
  const lines = rows.map(({ workload, contender, seconds, ratio, reference, peakMib }) => [
    workload,
    contender,
    seconds.median.toFixed(3),
    range(seconds, 3),
    ratio === null ? '' : ratio.median.toFixed(2),
    ratio === null ? '' : range(ratio, 2),
    ratio === null ? '' : reference,
    peakMib === null ? '' : peakMib.toFixed(0),
  ]);
  return align([header, ...lines]);
}

/** The goals, met or not. */
export function renderGoals(goals: readonly Goal[]): string {
  const lines = goals.map(({ text, limit, found }) => [
    found.median <= limit ? 'met' : 'MISSED',
    `${found.median.toFixed(2)} (${range(found, 2)})`,
    `<= ${limit.toFixed(2)}`,
    text,
  ]);
  return align([['goal', 'found', 'limit', 'what'], ...lines]);
}

function range({ min, max }: Spread, digits: number): string {
  return `${min.toFixed(digits)}-${max.toFixed(digits)}`;
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
