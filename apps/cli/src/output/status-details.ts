import type { MigrationId } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
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
  return [...remarksView(targets, look), ...pendingView(names, look)];
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

function remarksView(targets: readonly TargetStatus[], { paint, symbols, width }: Look): readonly string[] {
  const remarks = new Map<string, TargetStatus[][]>();
  // Targets that stand alike share their lists: each text is made once for all of them.
  const alike = Map.groupBy(targets, ({ drift, unreachable }) => unreachable ?? drift);
  for (const those of alike.values()) {
    for (const text of those[0] === undefined ? [] : remarksOn(those[0])) {
      const known = remarks.get(text);
      if (known === undefined) remarks.set(text, [those]);
      else known.push(those);
    }
  }
  const lines = [...remarks].slice(0, REMARKS_MAX).flatMap(([text, groups]) => {
    const schemas = groups.flat().map(placeName);
    const [first = '', ...rest] = wrap(escapeLine(text), width - 4);
    return [
      `  ${paint.bad(symbols.cross)} ${first}`,
      ...rest.map((line) => `    ${line}`),
      paint.dim(`    in ${someNames(schemas, width - 7)}`),
    ];
  });
  if (remarks.size <= REMARKS_MAX) return lines;
  return [
    ...lines,
    paint.dim(`  and ${count(remarks.size - REMARKS_MAX, 'more reason')}; --json lists them`),
  ];
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
