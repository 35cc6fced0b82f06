import type { MigrationId } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
import { describeState, type StatusState } from './status-state.ts';

/** Targets that one row tells of: one, or many that stand the same. */
export interface StatusGroup {
  readonly targets: readonly [TargetStatus, ...TargetStatus[]];
  readonly state: StatusState;
}

/** The rows of a table, and how much it leaves out. */
export interface StatusRows {
  readonly rows: readonly StatusGroup[];
  readonly omitted: number;
}

/** From so many targets of one state on, they are told of in one row. */
const COLLAPSE_FROM = 13;
/** A table that is longer is not read. */
const ROWS_MAX = 40;

/** In a fleet the exceptions come last, where the eye ends. */
const RANKS: Readonly<Record<StatusState['colour'], number>> = { good: 0, warn: 1, bad: 2 };

/**
 * Puts targets that stand the same together, when there are many; where that still makes too many rows, the most pressing
 * states with the most targets are kept.
 */
export function groupStatuses(targets: readonly TargetStatus[]): StatusRows {
  const keys = new StateKeys();
  const groups = [...Map.groupBy(targets, (status) => keys.of(status)).values()].flatMap(toGroup);
  const rows = groups.flatMap((group) => (group.targets.length < COLLAPSE_FROM ? expand(group) : [group]));
  if (rows.length === targets.length && rows.length <= ROWS_MAX) return { rows, omitted: 0 };
  const fitting = rows.length <= ROWS_MAX ? rows : mostPressing(groups);
  const told = fitting.reduce((sum, group) => sum + group.targets.length, 0);
  return {
    rows: fitting.toSorted((a, b) => RANKS[a.state.colour] - RANKS[b.state.colour]),
    omitted: targets.length - told,
  };
}

function toGroup(targets: readonly TargetStatus[]): readonly StatusGroup[] {
  const [first, ...rest] = targets;
  return first === undefined ? [] : [{ targets: [first, ...rest], state: describeState(first) }];
}

function expand({ targets, state }: StatusGroup): readonly StatusGroup[] {
  return targets.map((status) => ({ targets: [status], state }));
}

function mostPressing(groups: readonly StatusGroup[]): readonly StatusGroup[] {
  return groups
    .toSorted((a, b) => RANKS[b.state.colour] - RANKS[a.state.colour] || b.targets.length - a.targets.length)
    .slice(0, ROWS_MAX);
}

/** Tells states apart without going through five million pending migrations: a fleet shares its lists of them. */
class StateKeys {
  readonly #byList = new Map<readonly MigrationId[], number>();
  readonly #byText = new Map<string, number>();

  of(status: TargetStatus): string {
    return [status.newest, status.applied, this.#numberOf(status.pending), describeState(status).text].join();
  }

  #numberOf(pending: readonly MigrationId[]): number {
    const known = this.#byList.get(pending);
    if (known !== undefined) return known;
    const text = pending.join(' ');
    const number = this.#byText.get(text) ?? this.#byText.size;
    this.#byText.set(text, number);
    this.#byList.set(pending, number);
    return number;
  }
}
