/** Who holds a target, as those are told who wait for it. */
export interface TargetHolder {
  /** For people: `user@host`, process and run. */
  readonly name: string;
  /** RFC 3339, UTC, by the clock of whoever hands the target out; `null`: nobody knows. */
  readonly since: string | null;
  /** The fencing token of the target, or that of its lease; `null`: nobody knows. */
  readonly token: string | null;
}

/** A holder in one line. */
export function describeHolder({ name, since, token }: TargetHolder): string {
  return [name, since === null ? '' : `since ${since}`, token === null ? '' : `token ${token}`]
    .filter((part) => part !== '')
    .join(', ');
}
