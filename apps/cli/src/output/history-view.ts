import { BACKENDS, type Catalog, type LedgerEvent, type LedgerEventKind } from '@bfm/core';
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
    { title: 'time (UTC)' },
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
  return [
    { text: formatTime(entry.at), paint: paint.dim },
    { text: entry.kind.replace('_', ' '), paint: paint[COLOURS[entry.kind]] },
    { text: escapeLine(nameOf(entry, byId)) },
    { text: escapeLine(`${entry.connection}/${entry.schema}`), paint: paint.name },
    { text: entry.durationMs === null ? '' : formatDuration(entry.durationMs) },
    { text: escapeLine(entry.actor), paint: paint.dim },
  ];
}

/** `version name`; backend and connection are in the next column. One whose file is gone is known by its id alone. */
function nameOf({ migrationId, connection }: LedgerEvent, byId: Catalog['byId']): string {
  const migration = byId.get(migrationId);
  if (migration !== undefined) return `${migration.version} ${migration.name}`;
  const suffix = BACKENDS.map((backend) => `_${backend}_${connection}`).find((end) =>
    migrationId.endsWith(end),
  );
  return migrationId.slice(0, suffix === undefined ? undefined : -suffix.length).replace('_', ' ');
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

/** To the second, in UTC as versions are. */
function formatTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}
