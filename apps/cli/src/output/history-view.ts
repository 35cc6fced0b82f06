import type { LedgerEvent, LedgerEventKind } from '@bfm/core';
import type { KnownCatalog } from '@bfm/service';
import { escapeLine, squeeze } from './escape.ts';
import { cutEnd } from './fit.ts';
import type { Look } from './look.ts';
import { nameInConnection } from './migration-name.ts';
import type { Paint } from './paint.ts';
import { table, type Cell } from './table.ts';
import { formatDuration } from './wording.ts';

const NARROW = 100;
const VERY_NARROW = 50;

const COLOURS: Readonly<Record<LedgerEventKind, keyof Paint>> = {
  applied: 'good',
  rolled_back: 'warn',
  failed: 'bad',
  baselined: 'name',
  repaired: 'name',
};

/** A page of history as a table, newest first, with the texts of failures and the reasons of repairs below. */
export function historyView(
  entries: readonly LedgerEvent[],
  catalog: Pick<KnownCatalog, 'byId'>,
  look: Look,
): readonly string[] {
  const columns = [
    { title: 'time (UTC)' },
    { title: 'what' },
    { title: 'migration', shrinksTo: 14, keep: 2 },
    { title: 'target', shrinksTo: 10, keep: 1, from: 50 },
    { title: 'took', align: 'right' as const, from: 60 },
    { title: 'who', shrinksTo: 8, from: 70 },
  ];
  const lines = [
    ...table(
      columns,
      entries.map((entry) => rowOf(entry, catalog, look)),
      look,
    ),
  ];
  const remarks = entries.flatMap((entry) => remarkView(entry, look));
  return remarks.length === 0 ? lines : [...lines, '', ...remarks];
}

function rowOf(
  entry: LedgerEvent,
  { byId }: Pick<KnownCatalog, 'byId'>,
  { paint, symbols, width }: Look,
): readonly Cell[] {
  return [
    { text: formatTime(entry.at, width), paint: paint.dim },
    { text: actOf(entry), paint: paint[COLOURS[entry.kind]] },
    nameCell(escapeLine(nameOf(entry, byId)), symbols),
    { text: escapeLine(`${entry.connection}/${entry.schema}`), paint: paint.name },
    { text: entry.durationMs === null ? '' : formatDuration(entry.durationMs) },
    { text: escapeLine(entry.actor), paint: paint.dim },
  ];
}

/** `version name`; backend and connection are in the next column. One whose file is gone is known by its id alone. */
function nameOf({ migrationId, connection }: LedgerEvent, byId: KnownCatalog['byId']): string {
  if (migrationId === null) return 'the whole target';
  const migration = byId.get(migrationId);
  if (migration !== undefined) return `${migration.version} ${migration.name}`;
  return nameInConnection(migrationId, connection);
}

/** What was done, in a word or two; a repair says which one. */
function actOf({ kind, detail }: LedgerEvent): string {
  const action = kind === 'repaired' ? detail?.['action'] : undefined;
  return typeof action === 'string' ? escapeLine(action) : kind.replace('_', ' ');
}

function remarkView(
  { at, migrationId, connection, schema, error, reason }: LedgerEvent,
  { paint, symbols, width }: Look,
): readonly string[] {
  if (error === null && reason === null) return [];
  const sign = error === null ? paint.dim(symbols.dot) : paint.bad(symbols.cross);
  const text = squeeze(error ?? `because: ${reason ?? ''}`);
  return [
    `${sign} ${paint.dim(formatTime(at, width))} ${escapeLine(migrationId ?? `${connection}/${schema}`)}`,
    `  ${cutEnd(text, Math.max(width - 2, 20), symbols.ellipsis)}`,
  ];
}

/** Where room is short, the day of the version and the whole name say more than all digits and half a name. */
function nameCell(name: string, { ellipsis }: Look['symbols']): Cell {
  return { text: name, shorter: [name.replace(/^(\d{8})\d{6} /, (_, day: string) => `${day}${ellipsis} `)] };
}

/** To the second, in UTC as versions are; a narrow screen shows no year, and a very narrow one no seconds. */
function formatTime(at: string, width: number): string {
  return `${at.slice(width < NARROW ? 5 : 0, 10)} ${at.slice(11, width < VERY_NARROW ? 16 : 19)}`;
}
