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
  const [year, month, day] = [digits(version, 0, 4), digits(version, 4, 6), digits(version, 6, 8)];
  const isTime = digits(version, 8, 10) < 24 && digits(version, 10, 12) < 60 && digits(version, 12, 14) < 60;
  return isTime && day >= 1 && day <= daysIn(year, month);
}

function digits(version: Version, from: number, to: number): number {
  return Number(version.slice(from, to));
}

// Not by a Date and its ISO text: the first toISOString of a process loads time zones, 15 ms that every command would wait.
function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}
