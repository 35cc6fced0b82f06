import { escapeLine } from './escape.ts';
import type { Symbols } from './symbols.ts';

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

/** A number with its noun: `1 target`, `2 targets`. */
export function count(number: number, noun: string): string {
  return `${number.toString().replace(/\B(?=(\d{3})+$)/g, ' ')} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first few names of many: `a, b, c and 37 more`. */
export function someNames(names: readonly string[], max: number): string {
  const shown = names.slice(0, max).map(escapeLine).join(', ');
  return names.length > max ? `${shown} and ${count(names.length - max, '').trimEnd()} more` : shown;
}

/** A whole ordered list by its ends: `500 schemas (a … z)`. */
export function rangeOfNames(names: readonly string[], noun: string, { ellipsis }: Symbols): string {
  const first = escapeLine(names[0] ?? '');
  if (names.length <= 1) return first;
  return `${count(names.length, noun)} (${first} ${ellipsis} ${escapeLine(names.at(-1) ?? '')})`;
}
