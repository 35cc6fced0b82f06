import { BfmError } from '@bfm/core';

const DAY_MS = 86_400_000;
const LIFETIME_DEFAULT_MS = 90 * DAY_MS;
/** The tables refuse more. */
const LIFETIME_MAX_MS = 366 * DAY_MS;
const GRACE_DEFAULT_MS = DAY_MS;

/** How long a token is good for; every one ends. @param asked milliseconds; `null`: 90 days @throws {request.invalid} */
export function readLifetime(asked: number | null): number {
  const ms = asked ?? LIFETIME_DEFAULT_MS;
  if (Number.isFinite(ms) && ms >= 1_000 && ms <= LIFETIME_MAX_MS) return ms;
  throw new BfmError('request.invalid', {
    message: 'a token is good for 1 second to 366 days; none was made',
    next: 'ask for a time in between; without one it is 90 days',
  });
}

/** How long a rotated token goes on being good. @param asked milliseconds; `null`: 24 hours @throws {request.invalid} */
export function readGrace(asked: number | null): number {
  const ms = asked ?? GRACE_DEFAULT_MS;
  if (Number.isFinite(ms) && ms >= 0 && ms <= LIFETIME_MAX_MS) return ms;
  throw new BfmError('request.invalid', {
    message: 'a rotated token goes on for 0 to 366 days; nothing was changed',
    next: 'ask for a time in between; without one it is 24 hours',
  });
}
