import { parseDuration as readDuration } from '@bfm/core';
import { InvalidArgumentError } from 'commander';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIFETIME_MAX_MS = 366 * DAY_MS;

/** Reads `500ms`, `2s`, `10min` or `1h` into milliseconds, 1 ms to a week. */
export function parseDuration(text: string): number {
  const result = readDuration(text);
  if (result.ok) return result.value;
  throw new InvalidArgumentError(`${result.reason.replace(/^i/, 'I')}; ${result.mend}.`);
}

/** The same, but `0` is a time, too: none. */
export function parseDurationOrNone(text: string): number {
  return /^0(ms|s|min|h)?$/.test(text) ? 0 : parseDuration(text);
}

/** Reads how long a token is good for, `12h` or `30d`, into milliseconds. */
export function parseLifetime(text: string): number {
  const [, number = '', unit] = /^([0-9]{1,4})(h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (unit === 'd' ? DAY_MS : HOUR_MS);
  if (unit !== undefined && ms > 0 && ms <= LIFETIME_MAX_MS) return ms;
  throw new InvalidArgumentError('Write a time such as 12h or 30d, 366d at most.');
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
