import type { MigrationId } from '@bfm/core';
import { describeUnfinished, type TargetStatus } from '@bfm/service';
import { describeDrift } from './drift-wording.ts';
import { escapeLine } from './escape.ts';
import { cutMiddle, wrap } from './fit.ts';
import type { Look } from './look.ts';
import { nameInConnection } from './migration-name.ts';
import { count, formatNumber, someNames } from './wording.ts';

const PENDING_MAX = 5;
const REMARKS_MAX = 20;

/** What the table of a connection has no room for: why, each reason once with its targets, and what is pending. */
export function statusDetails(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const connection = targets[0]?.target.connection ?? '';
  const names = pendingIn(targets).map((id) => nameInConnection(id, connection));
  return [...remarksView(collectRemarks(targets), look), ...pendingView(names, look)];
}

/** The schema, or what stands for tenants nobody can name while their ledger cannot be read. */
export function placeName({ target }: TargetStatus): string {
  return target.schema ?? 'all tenants';
}

/** Every migration that is pending somewhere. Targets share their lists, so that each is gone through once. */
export function pendingIn(targets: readonly TargetStatus[]): readonly MigrationId[] {
  const lists = new Set(targets.map(({ pending }) => pending));
  return [...new Set([...lists].flat())];
}

/** Something to say beside the table, with the targets it is true of. */
interface Remark {
  readonly colour: 'bad' | 'warn';
  readonly places: string[];
}

/** Why targets have drifted or could not be read, each reason once with its targets. */
export function troublesView(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const remarks: Remarks = new Map();
  addTroubles(targets, remarks);
  return remarksView(remarks, look);
}

function remarksView(remarks: Remarks, { paint, symbols, width }: Look): readonly string[] {
  const lines = [...remarks].slice(0, REMARKS_MAX).flatMap(([text, { colour, places }]) => {
    const [first = '', ...rest] = wrap(escapeLine(text), width - 4);
    return [
      `  ${paint[colour](colour === 'bad' ? symbols.cross : symbols.dot)} ${first}`,
      ...rest.map((line) => `    ${line}`),
      paint.dim(`    in ${someNames(places, width - 7)}`),
    ];
  });
  if (remarks.size <= REMARKS_MAX) return lines;
  return [
    ...lines,
    paint.dim(`  and ${count(remarks.size - REMARKS_MAX, 'more reason')}; --json lists them`),
  ];
}

/** By their texts. */
type Remarks = Map<string, Remark>;

function collectRemarks(targets: readonly TargetStatus[]): Remarks {
  const remarks: Remarks = new Map();
  addTroubles(targets, remarks);
  for (const status of targets) {
    if (status.held !== null) {
      add(remarks, { colour: 'warn', text: `held by ${withoutSession(status.held.holder)}` }, [status]);
    }
    // A rollback that has not ended is drift.
    for (const each of status.unfinished.filter(({ status: is, running }) => is !== 'undoing' || running)) {
      const colour = each.error === null || each.running ? 'warn' : 'bad';
      add(remarks, { colour, text: describeUnfinished(each) }, [status]);
    }
  }
  return remarks;
}

function addTroubles(targets: readonly TargetStatus[], remarks: Remarks): void {
  // Targets that stand alike share their lists: each text is made once for all of them.
  for (const those of Map.groupBy(targets, ({ drift, unreachable }) => unreachable ?? drift).values()) {
    for (const text of those[0] === undefined ? [] : remarksOn(those[0])) {
      add(remarks, { colour: 'bad', text }, those);
    }
  }
}

function add(
  remarks: Remarks,
  { colour, text }: Pick<Remark, 'colour'> & { readonly text: string },
  those: readonly TargetStatus[],
): void {
  const remark = remarks.get(text) ?? { colour, places: [] };
  remarks.set(text, remark);
  for (const status of those) remark.places.push(placeName(status));
}

/** A run holds each of its targets by a session of its own: for people it is one run. */
function withoutSession(holder: string): string {
  return holder.replace(/, session [^,()]*(?=\)$)/, '');
}

function remarksOn({ drift, unreachable }: TargetStatus): readonly string[] {
  return [...drift.map(describeDrift), ...(unreachable === null ? [] : [unreachable.message])];
}

function pendingView(names: readonly string[], { paint, symbols, width }: Look): readonly string[] {
  const lines = names
    .slice(0, PENDING_MAX)
    .map((name) => `  ${paint.dim('pending')} ${cutMiddle(escapeLine(name), width - 10, symbols.ellipsis)}`);
  if (names.length <= PENDING_MAX) return lines;
  return [...lines, paint.dim(`  and ${formatNumber(names.length - PENDING_MAX)} more`)];
}
