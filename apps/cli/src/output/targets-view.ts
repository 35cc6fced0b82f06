import type { KnownTarget, LocatedScope, TargetList } from '@bfm/service';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { table, type Cell } from './table.ts';
import { count } from './wording.ts';

const TIME_LENGTH = 19;

/** The targets that ledgers know: what is there, how much is applied, when it last changed. */
export function targetsView({ targets, retired }: TargetList, look: Look): readonly string[] {
  if (targets.length === 0) return ['No ledger knows any target yet.', ...retiredLine(targets, retired)];
  const columns = [
    { title: '' },
    { title: 'target', shrinksTo: 16 },
    { title: 'kind' },
    { title: 'applied', align: 'right' as const },
    { title: 'last change (UTC)' },
    { title: 'state', shrinksTo: 12, keep: 1 },
  ];
  const rows = targets.map((target) => rowOf(target, look));
  return [
    ...table(columns, rows, look),
    '',
    count(targets.length, 'target'),
    ...retiredLine(targets, retired),
  ];
}

function rowOf(target: KnownTarget, { paint, symbols }: Look): readonly Cell[] {
  const state = stateOf(target);
  const isWell = state === '';
  return [
    isWell ? { text: symbols.tick, paint: paint.good } : { text: symbols.skip, paint: paint.warn },
    { text: escapeLine(`${target.connection}/${target.schema}`), paint: paint.name },
    { text: target.kind, paint: paint.dim },
    { text: String(target.applied) },
    { text: formatTime(target.changedAt), paint: paint.dim },
    { text: state, paint: paint.warn },
  ];
}

/** What is unusual about a target; empty when nothing is. */
function stateOf({ presence, retiredAt, configured }: KnownTarget): string {
  const words = [
    retiredAt === null ? null : `given up ${formatTime(retiredAt)}`,
    presence === 'missing' ? 'schema missing' : null,
    presence === 'other' ? (retiredAt === null ? 'schema made anew' : null) : null,
    configured ? null : 'connection not configured',
  ];
  return words.filter((word) => word !== null).join(', ');
}

function retiredLine(targets: readonly KnownTarget[], retired: number): readonly string[] {
  if (retired === 0 || targets.some(({ retiredAt }) => retiredAt !== null)) return [];
  return [
    `${count(retired, 'more was', 'more were')} given up; --retired shows ${retired === 1 ? 'it' : 'them'}`,
  ];
}

function formatTime(at: string | null): string {
  return at === null ? '' : at.slice(0, TIME_LENGTH).replace('T', ' ');
}

/** Targets that something is about to happen to, one a line. */
export function locatedView(located: readonly LocatedScope[], { paint }: Look): readonly string[] {
  return located.map(({ store, record }) => {
    const { connection, schema, applied, changedAt, presence } = record;
    const there =
      presence === 'missing'
        ? 'no schema any more'
        : presence === 'other'
          ? 'schema made anew'
          : 'schema there';
    const changed = changedAt === null ? '' : `, last change ${formatTime(changedAt)}`;
    const told = `${there}, ${count(applied, 'migration')} applied${changed}`;
    return `  ${paint.name(escapeLine(`${connection}/${schema}`))}  ${told} ${paint.dim(`(${store.keeper.address})`)}`;
  });
}
