import type { LeaseHolder } from '@bfm/engine';

/** Writes a holder down, for others to read. */
export function toHolderText({ actor, pid, runId, connection, schema }: LeaseHolder): string {
  return JSON.stringify({ actor, pid, runId, connection, schema });
}

/** Reads a holder; whatever else stands there becomes an unknown one, since a lease holds whoever wrote it. */
export function readHolder(text: string): LeaseHolder {
  const found = parse(text);
  const word = (name: string): string => (typeof found[name] === 'string' ? found[name] : '?');
  return {
    actor: word('actor'),
    pid: typeof found['pid'] === 'number' ? found['pid'] : 0,
    runId: word('runId'),
    connection: word('connection'),
    schema: word('schema'),
  };
}

/** Reads a JSON object; anything else is an empty one. */
export function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
