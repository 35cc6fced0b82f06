import type { TargetStatus } from '@bfm/service';
import { escapeLine } from './escape.ts';
import { wrap } from './fit.ts';
import type { Look } from './look.ts';
import { pendingIn, placeName, statusDetails } from './status-details.ts';
import { groupStatuses, type StatusGroup } from './status-groups.ts';
import { describeState, type StatusState } from './status-state.ts';
import { table, type Cell } from './table.ts';
import { count, formatNumber, rangeOfNames } from './wording.ts';

/** Narrower screens leave columns out: the newest version first, then the number of what the state says anyway. */
const NEWEST_FROM = 100;
const PENDING_FROM = 60;

/** How targets stand: a table for each connection, what is pending, what has drifted, totals. */
export function statusView(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const byConnection = Map.groupBy(targets, ({ target }) => target.connection);
  const lines: string[] = [];
  for (const [connection, those] of byConnection) {
    const backend = those[0]?.target.backend ?? '';
    lines.push(`${look.paint.bold(look.paint.name(connection))} ${look.paint.dim(`(${backend})`)}`);
    lines.push(...connectionTable(those, look), ...statusDetails(those, look), '');
  }
  return [...lines, ...wrap(totals(targets), look.width)];
}

function connectionTable(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const { rows, omitted } = groupStatuses(targets);
  const columns = [
    { title: '' },
    { title: 'schema', shrinksTo: 13 },
    { title: 'applied', align: 'right' as const },
    { title: 'newest', from: NEWEST_FROM },
    { title: 'pending', align: 'right' as const, from: PENDING_FROM },
    { title: 'state', shrinksTo: 12, keep: 1 },
  ];
  const lines = table(
    columns,
    rows.map((group) => toRow(group, look)),
    look,
  );
  if (omitted === 0) return lines;
  return [
    ...lines,
    look.paint.dim(`   and ${count(omitted, 'target')} in states with fewer; --json lists them`),
  ];
}

function toRow({ targets, state }: StatusGroup, look: Look): readonly Cell[] {
  const [{ unreachable, applied, newest, pending }] = targets;
  const isKnown = unreachable === null;
  return [
    signOf(state, look),
    schemasCell(targets, look),
    { text: isKnown ? String(applied) : '' },
    { text: newest ?? '', paint: look.paint.dim },
    { text: isKnown ? String(pending.length) : '' },
    { text: state.text, shorter: [state.short], paint: look.paint[state.colour] },
  ];
}

function schemasCell(targets: StatusGroup['targets'], { symbols }: Look): Cell {
  const text = rangeOfNames(targets.map(placeName), 'schema', symbols);
  if (targets.length === 1) return { text };
  const number = count(targets.length, 'schema');
  return { text, shorter: [`${number} (${escapeLine(placeName(targets[0]))} ${symbols.ellipsis})`, number] };
}

function signOf({ colour }: StatusState, { symbols, paint }: Look): Cell {
  const sign = colour === 'good' ? symbols.tick : colour === 'bad' ? symbols.cross : symbols.dot;
  return { text: sign, paint: paint[colour] };
}

function totals(targets: readonly TargetStatus[]): string {
  const states = Map.groupBy(targets, (status) => describeState(status).kind);
  const parts = [...states].map(([kind, those]) => `${formatNumber(those.length)} ${kind}`);
  const steps = targets.reduce((sum, status) => sum + status.pending.length, 0);
  const pending = pendingIn(targets).length;
  const inAll = steps > pending ? ` (${count(steps, 'step')})` : '';
  const work = pending === 0 ? '' : `; ${count(pending, 'migration')} to apply${inAll}`;
  return `${count(targets.length, 'target')}: ${parts.join(', ')}${work}`;
}
