import { availableParallelism } from 'node:os';
import { judgeGoals, type Goal } from './goals.ts';
import type { Measured, SuiteResults } from './results.ts';
import { pairedRatio, toSpread, type Spread } from './statistics.ts';

/** All results there are, for people: a table per workload, then the goals. */
export function renderReport(results: readonly SuiteResults[]): string {
  const goals = judgeGoals(results);
  const parts = results.map(
    (suite) => `${suite.suite}: ${suite.title}\n${suite.settings}\n${renderTable(suite)}`,
  );
  return `${[...parts, renderGoals(goals)].join('\n\n')}\n`;
}

function renderTable(suite: SuiteResults): string {
  const names = [...new Set(suite.measured.map(({ contender }) => contender))];
  const header = [
    'contender',
    'median s',
    'range',
    'ratio',
    'range',
    'CPU s client',
    'server',
    'peak MiB',
    '',
  ];
  const lines = names.map((name) => toLine(name, suite));
  return align([header, ...lines]);
}

function toLine(name: string, { measured, reference }: SuiteResults): readonly string[] {
  const mine = measured.filter(({ contender }) => contender === name);
  const others = measured.filter(({ contender }) => contender === reference);
  const seconds = toSpread(mine.map((sample) => sample.seconds));
  const ratio =
    others.length === 0
      ? null
      : pairedRatio(
          mine.map((sample) => sample.seconds),
          others.map((sample) => sample.seconds),
        );
  const peaks = mine.map(({ peakMib }) => peakMib).filter((peak) => peak !== null);
  return [
    name,
    seconds.median.toFixed(3),
    range(seconds, 3),
    ratio === null ? '' : ratio.median.toFixed(2),
    ratio === null ? '' : range(ratio, 2),
    medianOf(mine, ({ clientCpu }) => clientCpu),
    medianOf(mine, ({ serverCpu }) => serverCpu),
    peaks.length === 0 ? '' : Math.max(...peaks).toFixed(0),
    remarksOn(mine),
  ];
}

function medianOf(samples: readonly Measured[], pick: (sample: Measured) => number | null): string {
  const values = samples.map(pick).filter((value) => value !== null);
  return values.length === 0 ? '' : toSpread(values).median.toFixed(2);
}

function remarksOn(samples: readonly Measured[]): string {
  const [{ share } = { share: 1 }] = samples;
  const busy = Math.max(...samples.map(({ load }) => load)) > BUSY;
  return [
    ...(share < 1 ? [`extrapolated from ${(share * 100).toFixed(0)} %`] : []),
    ...(busy ? ['the machine was busy'] : []),
  ].join('; ');
}

/** With other work going on beside the benchmark's own, which keeps a client and some backends busy. */
const BUSY = availableParallelism() * 3;

function renderGoals(goals: readonly Goal[]): string {
  const lines = goals.map(({ number, text, limit, unit, found }) => [
    String(number),
    found === null || Number.isNaN(limit) ? 'not measured' : found.median <= limit ? 'met' : 'MISSED',
    found === null ? '' : `${found.median.toFixed(2)} (${range(found, 2)})`,
    Number.isNaN(limit) ? '' : `<= ${limit.toFixed(2)}${unit === 'ratio' ? '' : ` ${unit}`}`,
    text,
  ]);
  return align([['goal', '', 'found', 'limit', ''], ...lines]);
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
