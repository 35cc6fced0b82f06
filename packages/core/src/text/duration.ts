/** What reading a value gives: the value, or why it cannot be used and what to write instead. */
export type ValueResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string; readonly mend: string };

/** A week: the longest time PostgreSQL and Node both take without overflow, with room to spare. */
const DURATION_MS_MAX = 7 * 24 * 60 * 60 * 1000;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const DURATION = /^([0-9]{1,12})[ \t]*(ms|s|min|h)$/;
const PLAIN_NUMBER = /^[0-9]{1,12}$/;
const MEND = 'write a whole number and its unit: 500ms, 2s, 10min, 1h';

/** Reads `500ms`, `2s`, `10min`, `1h` into milliseconds, from 1 ms to a week. A number without a unit is refused. */
export function parseDuration(text: string): ValueResult<number> {
  const match = DURATION.exec(text);
  if (match === null) return refuseDuration(text);
  const [, digits = '', unit = ''] = match;
  const value = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (value >= 1 && value <= DURATION_MS_MAX) return { ok: true, value };
  return {
    ok: false,
    reason: value < 1 ? 'no time at all would switch the timeout off' : 'it is longer than a week',
    mend: 'write a time from 1ms to 168h',
  };
}

function refuseDuration(text: string): ValueResult<number> {
  if (PLAIN_NUMBER.test(text)) {
    return { ok: false, reason: 'it has no unit', mend: `write ${text}ms or ${text}s` };
  }
  const minutes = /^([0-9]+)m$/.exec(text)?.[1];
  if (minutes !== undefined) {
    return { ok: false, reason: 'm is no unit here', mend: `write ${minutes}min or ${minutes}ms` };
  }
  return { ok: false, reason: 'it is no time', mend: MEND };
}
