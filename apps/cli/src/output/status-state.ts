import type { TargetStatus } from '@bfm/service';
import type { Paint } from './paint.ts';

/** How a target stands, in one word or two. */
export interface StatusState {
  /** For totals. */
  readonly kind:
    | 'up to date'
    | 'under way'
    | 'pending'
    | 'failed'
    | 'partly run'
    | 'drifted'
    | 'out of order'
    | 'in need of a decision'
    | 'unreachable';
  /** For the table. */
  readonly text: string;
  /** For a narrow one. */
  readonly short: string;
  readonly colour: keyof Pick<Paint, 'good' | 'bad' | 'warn'>;
}

/** The most pressing thing about a target. */
export function describeState(status: TargetStatus): StatusState {
  const { unreachable, drift, blocker, held, started, pending, presence } = status;
  if (unreachable !== null) return state('unreachable', 'bad', 'unreachable');
  if (blocker !== null) return blockedState(blocker);
  const late = drift.filter(({ kind }) => kind === 'out_of_order').length;
  const changed = drift.length - late;
  if (changed > 0) return state('drifted', 'bad', `drift (${changed})`);
  if (late > 0) return state('out of order', 'bad', `out of order (${late})`, 'out of order');
  if (held !== null) return state('under way', 'warn', 'under way');
  const broken = failedIn(status);
  if (broken > 0) {
    return state('failed', 'bad', `${broken} failed last time`, `${broken} failed`);
  }
  if (started.length > 0) return state('partly run', 'warn', `${started.length} partly run`);
  if (pending.length === 0) return state('up to date', 'good', 'up to date');
  const text = `${pending.length} pending`;
  return state('pending', 'warn', presence === 'missing' ? `${text}, no schema yet` : text, text);
}

function blockedState(blocker: NonNullable<TargetStatus['blocker']>): StatusState {
  return blocker === 'ledger.recreated'
    ? state('in need of a decision', 'bad', 'recreated, not empty', 'recreated')
    : state('in need of a decision', 'bad', 'needs baseline', 'baseline?');
}

/** Also what is partly run has failed, when an error ended it. */
function failedIn({ failed, unfinished }: TargetStatus): number {
  const partly = unfinished.filter(({ status, error }) => status === 'started' && error !== null);
  return failed.length + partly.length;
}

function state(
  kind: StatusState['kind'],
  colour: StatusState['colour'],
  ...[text, short = text]: [text: string, short?: string]
): StatusState {
  return { kind, colour, text, short };
}
