import { isCalendarVersion, type Version } from '@bfm/core';

/** A moment as a version: fourteen digits, UTC. */
export function toVersion(at: Date): Version {
  return at.toISOString().slice(0, 19).replace(/\D/g, '') as Version;
}

/**
 * A version for a new migration: now, or a second behind the latest one there is, so that it comes last even where a
 * clock is behind or somebody wrote a version of the future.
 */
export function freshVersion(known: readonly Version[], now: Date): Version {
  const latest = known.reduce<Version | null>(
    (best, each) => (best === null || each > best ? each : best),
    null,
  );
  const current = toVersion(now);
  if (latest === null || latest < current) return current;
  if (!isCalendarVersion(latest)) return String(BigInt(latest) + 1n).padStart(14, '0') as Version;
  const iso = latest.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
  return toVersion(new Date(Date.parse(iso) + 1000));
}
