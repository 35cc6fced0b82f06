import type { MigrationId } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
import { escapeLine } from './escape.ts';
import { cutMiddle, wrap } from './fit.ts';
import type { Look } from './look.ts';
import { describeDrift } from './drift-wording.ts';
import { table, type Cell } from './table.ts';
import { count, formatNumber, rangeOfNames, someNames } from './wording.ts';
import { describeState, type StatusState } from './status-state.ts';

/** From so many targets of one state on, they are told of in one row. */
const COLLAPSE_FROM = 13;
const PENDING_MAX = 5;

/** How targets stand: a table for each connection, what is pending, what has drifted, totals. */
export function statusView(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const byConnection = Map.groupBy(targets, ({ target }) => target.connection);
  const lines: string[] = [];
  for (const [connection, those] of byConnection) {
    const backend = those[0]?.target.backend ?? '';
    lines.push(`${look.paint.bold(look.paint.name(connection))} ${look.paint.dim(`(${backend})`)}`);
    lines.push(...connectionTable(those, look), ...details(those, look), '');
  }
  return [...lines, ...wrap(totals(targets), look.width)];
}

function connectionTable(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const columns = [
    { title: '' },
    { title: 'schema', shrinksTo: 12 },
    { title: 'applied', align: 'right' as const },
    { title: 'pending', align: 'right' as const },
    { title: 'state', shrinksTo: 20 },
  ];
  const groups = Map.groupBy(targets, (status) => stateKey(status));
  const rows = [...groups.values()].flatMap((group) =>
    group.length < COLLAPSE_FROM ? group.map((status) => toRow([status], look)) : [toRow(group, look)],
  );
  return table(columns, rows, look);
}

function stateKey(status: TargetStatus): string {
  const { applied, pending } = status;
  return [applied, pending.join(' '), describeState(status).text].join('\n');
}

function toRow(group: readonly TargetStatus[], look: Look): readonly Cell[] {
  const [status] = group;
  if (status === undefined) return [];
  const state = describeState(status);
  const schemas = group.map(placeName);
  return [
    signOf(state, look),
    { text: rangeOfNames(schemas, 'schema', look.symbols) },
    { text: status.unreachable === null ? String(status.applied) : '' },
    { text: status.unreachable === null ? String(status.pending.length) : '' },
    { text: state.text, paint: look.paint[state.colour] },
  ];
}

/** The schema, or what stands for tenants nobody can name while their ledger cannot be read. */
function placeName({ target }: TargetStatus): string {
  return target.schema ?? 'all tenants';
}

function signOf({ colour }: StatusState, { symbols, paint }: Look): Cell {
  const sign = colour === 'good' ? symbols.tick : colour === 'bad' ? symbols.cross : symbols.dot;
  return { text: sign, paint: paint[colour] };
}

/** What the table has no room for, each text once with the targets it is about. */
function details(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const { paint, symbols, width } = look;
  const lines: string[] = [];
  const remarks = new Map<string, string[]>();
  for (const status of targets) {
    const texts = [
      ...status.drift.map(describeDrift),
      ...(status.unreachable === null ? [] : [status.unreachable.message]),
    ];
    for (const text of texts) {
      const schemas = remarks.get(text) ?? [];
      schemas.push(placeName(status));
      remarks.set(text, schemas);
    }
  }
  for (const [text, schemas] of remarks) {
    const [first = '', ...rest] = wrap(escapeLine(text), width - 4);
    lines.push(`  ${paint.bad(symbols.cross)} ${first}`, ...rest.map((line) => `    ${line}`));
    lines.push(paint.dim(`    in ${someNames(schemas, width - 7)}`));
  }
  const pending = new Set<MigrationId>(targets.flatMap((status) => status.pending));
  const ids = [...pending].map((id) => cutMiddle(escapeLine(id), width - 12, symbols.ellipsis));
  if (ids.length === 0) return lines;
  lines.push(...ids.slice(0, PENDING_MAX).map((id) => `  ${paint.dim('pending')} ${id}`));
  if (ids.length > PENDING_MAX) lines.push(paint.dim(`  and ${ids.length - PENDING_MAX} more`));
  return lines;
}

function totals(targets: readonly TargetStatus[]): string {
  const states = Map.groupBy(targets, (status) => describeState(status).kind);
  const parts = [...states].map(([kind, those]) => `${formatNumber(those.length)} ${kind}`);
  const steps = targets.reduce((sum, status) => sum + status.pending.length, 0);
  const pending = new Set(targets.flatMap((status) => status.pending)).size;
  const inAll = steps > pending ? ` (${count(steps, 'step')})` : '';
  const work = pending === 0 ? '' : `; ${count(pending, 'migration')} to apply${inAll}`;
  return `${count(targets.length, 'target')}: ${parts.join(', ')}${work}`;
}
