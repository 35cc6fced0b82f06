const PLACEHOLDER = '{CONN}_';

/** What stands in front of a connection's variables: `app-eu` has `APP_EU_URL`. */
export function variablePrefix(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_`;
}

/**
 * Puts real names into a text that speaks of `{CONN}_...` variables, so that they can be typed.
 *
 * @param connections those it is true of; the others than the first are named behind it. Empty: the text stays as it is.
 */
export function nameVariables(text: string, connections: readonly string[]): string {
  const [first, ...others] = connections.map(variablePrefix);
  if (first === undefined || !text.includes(PLACEHOLDER)) return text;
  const named = text.replaceAll(PLACEHOLDER, first);
  return others.length === 0 ? named : `${named} (${others.join('..., ')}... likewise)`;
}
