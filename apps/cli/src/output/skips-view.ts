import type { Plan, PlanSkip } from '@bfm/core';
import type { Look } from './look.ts';
import { count, someNames } from './wording.ts';

/** What was asked for and left out, with the reason and what to add. */
export function skipsView(skips: readonly PlanSkip[], { paint, symbols, width }: Look): readonly string[] {
  const lines: string[] = [];
  const dynamic = skips.filter(({ reason }) => reason === 'schema_required');
  if (dynamic.length > 0) {
    const parts = dynamic.map(
      ({ connection, migrations }) => `${count(migrations, 'dynamic migration')} of ${connection}`,
    );
    lines.push(
      `${symbols.skip} left out: ${parts.join(', ')}: no schema was named`,
      `  add --schema NAME, --schemas-from FILE or --all-tenants`,
    );
  }
  const missing = skips.filter(({ reason }) => reason === 'schema_missing');
  if (missing.length > 0) {
    const names = [...new Set(missing.map(({ connection, schema }) => `${connection}/${schema ?? ''}`))];
    lines.push(
      `${symbols.skip} skipped: ${count(names.length, 'listed schema')} that ${names.length === 1 ? 'does' : 'do'} not exist`,
      `  ${someNames(names, width - 2)}`,
      `  add --create-schemas to create ${names.length === 1 ? 'it' : 'them'}`,
    );
  }
  return lines.map((line) => paint.warn(line));
}

/** What to say when a plan has no steps. */
export function nothingToDo({ direction, skips, groups }: Plan, look: Look): readonly string[] {
  const idle = direction === 'up' ? 'up_to_date' : 'not_applied';
  const targets = new Set(
    skips
      .filter(({ reason }) => reason === idle)
      .map(({ connection, schema }) => `${connection}/${schema ?? ''}`),
  );
  if (groups.length > 0) return [];
  const why = direction === 'up' ? 'up to date' : 'with nothing of this applied';
  const text =
    targets.size === 0
      ? 'Nothing to do: nothing was selected.'
      : `Nothing to do: ${count(targets.size, 'target')} ${why}.`;
  const sign = targets.size === 0 ? look.paint.warn(look.symbols.skip) : look.paint.good(look.symbols.tick);
  return [`${sign} ${text}`, ...skipsView(skips, look)];
}
