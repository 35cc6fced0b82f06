import type { TargetStatus } from '@bfm/service';
import type { Paint } from './paint.ts';

/** How a target stands, in one word or two. */
export interface StatusState {
  /** For totals. */
  readonly kind:
    | 'up to date'
    | 'pending'
    | 'failed'
    | 'partly run'
    | 'drifted'
    | 'out of order'
    | 'in need of a decision'
    | 'unreachable';
  /** For the table. */
  readonly text: string;
  readonly colour: keyof Pick<Paint, 'good' | 'bad' | 'warn'>;
}

/** The most pressing thing about a target. */
export function describeState(status: TargetStatus): StatusState {
  const { unreachable, drift, blocker, failed, started, pending, presence } = status;
  if (unreachable !== null) return { kind: 'unreachable', text: 'unreachable', colour: 'bad' };
  if (blocker !== null) {
    const text = blocker === 'ledger.recreated' ? 'recreated, not empty' : 'needs baseline';
    return { kind: 'in need of a decision', text, colour: 'bad' };
  }
  const late = drift.filter(({ kind }) => kind === 'out_of_order').length;
  const changed = drift.length - late;
  if (changed > 0) return { kind: 'drifted', text: `drift (${changed})`, colour: 'bad' };
  if (late > 0) return { kind: 'out of order', text: `out of order (${late})`, colour: 'bad' };
  if (failed.length > 0) return { kind: 'failed', text: `${failed.length} failed last time`, colour: 'bad' };
  if (started.length > 0) return { kind: 'partly run', text: `${started.length} partly run`, colour: 'warn' };
  if (pending.length === 0) return { kind: 'up to date', text: 'up to date', colour: 'good' };
  const text =
    presence === 'missing' ? `${pending.length} pending, no schema yet` : `${pending.length} pending`;
  return { kind: 'pending', text, colour: 'warn' };
}
