import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const DURATION = /^([0-9]{1,12})[ \t]*(ms|s|min|h)$/;
/** A week: the longest time PostgreSQL and Node both take without overflow, with room to spare. */
const DURATION_MS_MAX = 7 * 24 * 3_600_000;

/** Reads `500ms`, `2s`, `10min` or `1h` into milliseconds, 1 ms to a week. */
export function parseDuration(text: string): number {
  const [, digits = '', unit = ''] = DURATION.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (ms >= 1 && ms <= DURATION_MS_MAX) return ms;
  if (/^[0-9]+$/.test(text) && Number(text) > 0) {
    throw new InvalidArgumentError(`It has no unit; write ${text}ms or ${text}s.`);
  }
  throw new InvalidArgumentError('Write a whole number and its unit: 500ms, 2s, 10min, 1h.');
}

/** The same, but `0` is a time, too: none. */
export function parseDurationOrNone(text: string): number {
  return /^0(ms|s|min|h)?$/.test(text) ? 0 : parseDuration(text);
}

/** Makes a parser of whole numbers from 1 to `max`. */
export function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= max) return number;
    throw new InvalidArgumentError(`Write a whole number from 1 to ${max}.`);
  };
}

/** Makes a parser of one of some words. */
export function oneOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    if (words.includes(text)) return text;
    throw new InvalidArgumentError(`Choose one of ${words.join(', ')}.`);
  };
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
