import type { TargetStatus } from '@bfm/service';
import type { Look } from './look.ts';
import { troublesView } from './status-details.ts';
import { count, formatNumber } from './wording.ts';

/** Where ledgers and files disagree: by connection, each reason once with its targets, and a verdict. */
export function driftView(targets: readonly TargetStatus[], look: Look): readonly string[] {
  const troubled = targets.filter(isTroubled);
  const lines: string[] = [];
  for (const [connection, those] of Map.groupBy(troubled, ({ target }) => target.connection)) {
    const backend = those[0]?.target.backend ?? '';
    lines.push(`${look.paint.bold(look.paint.name(connection))} ${look.paint.dim(`(${backend})`)}`);
    lines.push(...troublesView(those, look), '');
  }
  return [...lines, verdict(targets, look)];
}

function isTroubled({ drift, unreachable }: TargetStatus): boolean {
  return drift.length > 0 || unreachable !== null;
}

function verdict(targets: readonly TargetStatus[], { paint, symbols }: Look): string {
  const drifted = targets.filter(({ drift }) => drift.length > 0).length;
  const away = targets.filter(({ unreachable }) => unreachable !== null).length;
  if (targets.length === 0) return 'No target is selected or known yet.';
  if (drifted + away === 0) {
    return `${paint.good(symbols.tick)} No drift in ${count(targets.length, 'target')}.`;
  }
  const parts = [
    ...(drifted === 0 ? [] : [`${formatNumber(drifted)} of ${count(targets.length, 'target')} drifted`]),
    ...(away === 0 ? [] : [`${count(away, 'target')} could not be read`]),
  ];
  return `${paint.bad(symbols.cross)} ${parts.join(', ')}.`;
}
