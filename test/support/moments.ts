import { POSTGRES_MAJORS, type PostgresMajor } from '@bfm/testing';

/** Whether everything is tried on each version, however long it takes: `npm run faults`. */
export const ALL_MOMENTS = process.env['BFM_ALL_MOMENTS'] === '1';

/**
 * The moments of a fault that are tried on one version of PostgreSQL. `npm test` shares them out between the versions,
 * where what happens at a moment is BFM's doing and not the server's; `npm run faults` tries all on each.
 */
export function momentsOn<Moment>(major: PostgresMajor, moments: readonly Moment[]): readonly Moment[] {
  if (ALL_MOMENTS) return moments;
  const turn = POSTGRES_MAJORS.indexOf(major);
  return moments.filter((_, index) => index % POSTGRES_MAJORS.length === turn);
}
