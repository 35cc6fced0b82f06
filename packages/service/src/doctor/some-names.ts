import type { ScopePlace } from '@bfm/engine';

const NAMES_MAX = 5;

/** The first of some names, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(', ');
  return names.length <= NAMES_MAX ? shown : `${shown} and ${names.length - NAMES_MAX} more`;
}

/** The same for places, as `connection/schema`. */
export function placesOf(places: readonly ScopePlace[]): string {
  return someOf(places.map(({ connection, schema }) => `${connection}/${schema}`));
}
