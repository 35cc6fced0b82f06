import type { Catalog, LedgerEvent, LedgerEventKind } from '@bfm/core';
import { escapeLine, squeeze } from './escape.ts';
import { cutEnd } from './fit.ts';
import type { Look } from './look.ts';
import type { Paint } from './paint.ts';
import { table, type Cell } from './table.ts';
import { formatDuration } from './wording.ts';

const COLOURS: Readonly<Record<LedgerEventKind, keyof Paint>> = {
  applied: 'good',
  rolled_back: 'warn',
  failed: 'bad',
  baselined: 'name',
  repaired: 'name',
};

/** A page of history as a table, newest first, with the texts of failures below. */
export function historyView(
  entries: readonly LedgerEvent[],
  catalog: Pick<Catalog, 'byId'>,
  look: Look,
): readonly string[] {
  const columns = [
    { title: 'time' },
    { title: 'what' },
    { title: 'migration', shrinksTo: 20 },
    { title: 'target', shrinksTo: 10 },
    { title: 'took', align: 'right' as const },
    { title: 'who', shrinksTo: 8 },
  ];
  const lines = [
    ...table(
      columns,
      entries.map((entry) => rowOf(entry, catalog, look)),
      look,
    ),
  ];
  const failures = entries.filter(({ error }) => error !== null);
  if (failures.length > 0) lines.push('', ...failures.flatMap((entry) => failureView(entry, look)));
  return lines;
}

function rowOf(entry: LedgerEvent, { byId }: Pick<Catalog, 'byId'>, { paint }: Look): readonly Cell[] {
  const migration = byId.get(entry.migrationId);
  const name = migration === undefined ? entry.migrationId : `${migration.version} ${migration.name}`;
  return [
    { text: formatTime(entry.at), paint: paint.dim },
    { text: entry.kind.replace('_', ' '), paint: paint[COLOURS[entry.kind]] },
    { text: escapeLine(name) },
    { text: escapeLine(`${entry.connection}/${entry.schema}`), paint: paint.name },
    { text: entry.durationMs === null ? '' : formatDuration(entry.durationMs) },
    { text: escapeLine(entry.actor), paint: paint.dim },
  ];
}

function failureView(
  { at, migrationId, error }: LedgerEvent,
  { paint, symbols, width }: Look,
): readonly string[] {
  const text = squeeze(error ?? '');
  return [
    `${paint.bad(symbols.cross)} ${paint.dim(formatTime(at))} ${escapeLine(migrationId)}`,
    `  ${cutEnd(text, Math.max(width - 2, 20), symbols.ellipsis)}`,
  ];
}

/** RFC 3339 to the second, in UTC as versions are. */
function formatTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}Z`;
}
