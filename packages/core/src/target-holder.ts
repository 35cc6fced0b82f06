/** Who holds a target, as those are told who wait for it. */
export interface TargetHolder {
  /** For people: `user@host`, process and run. */
  readonly name: string;
  /** RFC 3339, UTC, by the clock of whoever hands the target out; `null`: nobody knows. */
  readonly since: string | null;
  /** The fencing token of the target, or that of its lease; `null`: nobody knows. */
  readonly token: string | null;
  /** Milliseconds until it ends unless it is renewed, when a lease is all that is known of the holder. */
  readonly leaseEndsInMs?: number;
}

/** A holder in one line. */
export function describeHolder({ name, since, token, leaseEndsInMs }: TargetHolder): string {
  const what = leaseEndsInMs === undefined ? 'token' : 'lease';
  return [
    name,
    since === null ? '' : `since ${since}`,
    token === null ? '' : `${what} ${token}`,
    leaseEndsInMs === undefined
      ? ''
      : `which ends in ${Math.ceil(leaseEndsInMs / 1000)} s unless it is renewed`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
