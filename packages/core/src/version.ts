declare const brand: unique symbol;

/** A migration version: 14 digits, `YYYYMMDDhhmmss`, UTC. Compares correctly as text. */
export type Version = string & { readonly [brand]: 'Version' };

const FOURTEEN_DIGITS = /^[0-9]{14}$/;

/** Reads a version; `null` when the text is anything but 14 ASCII digits. A digit string that is no date is accepted. */
export function parseVersion(text: string): Version | null {
  return FOURTEEN_DIGITS.test(text) ? (text as Version) : null;
}

/** Tells whether the 14 digits name a real UTC moment (month, day, hour, minute and second in range). */
export function isCalendarVersion(version: Version): boolean {
  const iso = `${version.slice(0, 4)}-${version.slice(4, 6)}-${version.slice(6, 8)}T${version.slice(8, 10)}:${version.slice(10, 12)}:${version.slice(12, 14)}.000Z`;
  const time = Date.parse(iso);
  // Date.parse rolls 31 February over into March; the round trip shows it.
  return !Number.isNaN(time) && new Date(time).toISOString() === iso;
}
