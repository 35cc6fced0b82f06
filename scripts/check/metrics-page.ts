/**
 * Makes the tables of docs/reference/metrics.md from the definitions of the metrics; what stands around them is written by
 * people. Without `--write` it only tells whether the page is up to date.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS, type MetricDefinition } from '../../apps/server/src/metrics/definitions.ts';
import { keepPage } from './made-page.ts';
import { ROOT } from './root.ts';

const PAGE = 'docs/reference/metrics.md';

const definitions: readonly MetricDefinition[] = Object.values(METRICS);
const groups = [...new Set(definitions.map(({ group }) => group))];

function row({ name, kind, labels, help }: MetricDefinition): string {
  return `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}

const tables = groups.map((group) => {
  const rows = definitions.filter((definition) => definition.group === group).map(row);
  return [`## ${group}`, '', '| Metric | Kind | Labels | Meaning |', '|---|---|---|---|', ...rows].join('\n');
});

const text = readFileSync(join(ROOT, PAGE), 'utf8');
const made = text.replace(
  /<!-- made: metrics -->[^]*?<!-- end -->/,
  () => `<!-- made: metrics -->\n\n${tables.join('\n\n')}\n\n<!-- end -->`,
);
await keepPage(
  { page: PAGE, source: 'apps/server/src/metrics/definitions.ts', script: 'scripts/check/metrics-page.ts' },
  made,
);
