import type { BackendName, ConnectionName, SchemaName } from './names.ts';

/** The unit that is locked, planned and reported: one schema of one connection. */
export interface Target {
  readonly backend: BackendName;
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
}

/** A key that is equal for equal targets and differs for others; the separator cannot occur in a connection name. */
export function targetKey(target: Pick<Target, 'connection' | 'schema'>): string {
  return `${target.connection}/${target.schema}`;
}

/** Orders texts by UTF-16 code unit, independent of locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
