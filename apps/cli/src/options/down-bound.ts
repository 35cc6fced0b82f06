import type { PlanOptions } from './option-types.ts';
import { usageError } from './usage-error.ts';

const BOUNDS = `  --to VERSION     roll back what is newer than VERSION; VERSION itself stays
  --steps N        roll back the newest N migrations of each target
  --migration ID   roll back this migration (repeatable)
  --all            roll back everything`;

/**
 * Refuses to guess how far down to go: exactly one of the four must say it.
 *
 * @throws {request.invalid}
 */
export function requireDownBound({ to, steps, all, migration }: PlanOptions): void {
  const given = [
    to === undefined ? null : '--to',
    steps === undefined ? null : '--steps',
    all === undefined ? null : '--all',
    migration === undefined ? null : '--migration',
  ].filter((name) => name !== null);
  if (given.length === 1) return;
  const found = given.length === 0 ? 'none was given' : `${given.join(' and ')} were given`;
  throw usageError(
    `going down needs exactly one of these, and ${found}:\n${BOUNDS}`,
    'say how far, and look first: bfm plan --down --steps 1, or bfm plan --down --to VERSION, or bfm plan --down --all',
  );
}

/**
 * Refuses the options of `down` on the way up.
 *
 * @throws {request.invalid}
 */
export function refuseDownBounds({ steps, all }: PlanOptions): void {
  if (steps === undefined && all === undefined) return;
  throw usageError(
    `${all === undefined ? '--steps' : '--all'} says how far to go down, and this plan goes up`,
    'add --down, or leave it out',
  );
}
