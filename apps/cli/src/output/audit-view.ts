import type { AuditEntry } from '@bfm/client';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { table, type Cell } from './table.ts';

const COLUMNS = [
  { title: 'time (UTC)' },
  { title: 'who', shrinksTo: 8 },
  { title: 'did', shrinksTo: 10 },
  { title: 'to', shrinksTo: 12 },
  { title: 'from', from: 100 },
  { title: 'result' },
];

/** Who did what, as a table. */
export function auditView(entries: readonly AuditEntry[], look: Look): readonly string[] {
  if (entries.length === 0) return ['Nothing like that is recorded.'];
  return table(
    COLUMNS,
    entries.map((entry) => rowOf(entry, look)),
    look,
  );
}

function rowOf({ at, actor, action, object, ip, result }: AuditEntry, { paint }: Look): readonly Cell[] {
  return [
    { text: `${at.slice(0, 10)} ${at.slice(11, 19)}`, paint: paint.dim },
    { text: escapeLine(actor), paint: paint.name },
    { text: escapeLine(action) },
    { text: escapeLine(object), paint: paint.dim },
    { text: escapeLine(ip ?? ''), paint: paint.dim },
    { text: result, paint: result === 'ok' ? paint.good : paint.bad },
  ];
}
