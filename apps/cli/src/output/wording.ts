import { escapeLine } from './escape.ts';
import { cutMiddle, displayWidth } from './fit.ts';
import type { Symbols } from './symbols.ts';

/** More names than these say nothing more. */
const NAMES_MAX = 10;
const NAME_MIN = 12;

/** A time span for people: `12 ms`, `1.2 s`, `2 min 5 s`, `1 h 3 min`. */
export function formatDuration(ms: number): string {
  const rounded = Math.round(ms);
  if (rounded < 1000) return `${rounded} ms`;
  if (rounded < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number with its thousands apart: `1,197`. */
export function formatNumber(number: number): string {
  return number.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number with its noun: `1 target`, `2 targets`, `3 entries`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(number)} ${number === 1 ? noun : plural}`;
}

/** As many of the first names as fit a width, at least one and at most ten: `a, b, c and 37 more`. */
export function someNames(names: readonly string[], width: number): string {
  const shown = names.slice(0, NAMES_MAX).map(escapeLine);
  while (shown.length > 1 && displayWidth(listed(shown, names.length)) > width) shown.pop();
  const [only = ''] = shown;
  const excess = displayWidth(listed(shown, names.length)) - width;
  if (shown.length > 1 || excess <= 0) return listed(shown, names.length);
  return listed([cutMiddle(only, Math.max(NAME_MIN, displayWidth(only) - excess), '...')], names.length);
}

function listed(shown: readonly string[], total: number): string {
  const rest = total - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${formatNumber(rest)} more`;
}

/** A whole ordered list by its ends: `500 schemas (a … z)`. */
export function rangeOfNames(names: readonly string[], noun: string, { ellipsis }: Symbols): string {
  const first = escapeLine(names[0] ?? '');
  if (names.length <= 1) return first;
  return `${count(names.length, noun)} (${first} ${ellipsis} ${escapeLine(names.at(-1) ?? '')})`;
}
