import { variablePrefix, type Fault } from '@bfm/core';
import { findEntry, type ConfigEntry } from './config-tree.ts';
import type { ConfigurationSources, Environment } from './configuration-sources.ts';

/** A connection that somebody declared, its name not yet looked at. */
export interface DeclaredConnection {
  readonly name: string;
  /** In front of its variables: `CORE_`. */
  readonly prefix: string;
  /** What bfm.yaml holds for it; `null`: it is declared by a variable. */
  readonly entry: ConfigEntry | null;
}

const SUFFIX = '_BACKEND';

/** The state store of the older BFM, which is no connection, and what other programs set on many machines. */
const NOT_CONNECTIONS: ReadonlySet<string> = new Set([
  'BFM_STATE_BACKEND',
  'CELERY_RESULT_BACKEND',
  'CLUTTER_BACKEND',
  'GDK_BACKEND',
  'KERAS_BACKEND',
  'TF_BACKEND',
]);

/** Whether any variable declares a connection. */
export function declaresConnection(environment: Environment): boolean {
  return declaringVariables(environment).length > 0;
}

/** The connections that variables and bfm.yaml declare, by name; two that would share their variables are at fault. */
export function findDeclaredConnections({ environment, document }: ConfigurationSources): {
  readonly connections: readonly DeclaredConnection[];
  readonly faults: readonly Fault[];
} {
  const root = document?.root ?? null;
  const section = root === null ? null : (findEntry(root, 'connections')?.value ?? null);
  const entries = section?.kind === 'mapping' ? section.entries : [];
  const written = entries.map((entry) => ({ name: entry.key, prefix: variablePrefix(entry.key), entry }));
  const byPrefix = new Set(written.map(({ prefix }) => prefix));
  const named = declaringVariables(environment)
    .map((variable) => variable.slice(0, -SUFFIX.length))
    .map((word) => ({ name: word.toLowerCase(), prefix: `${word}_`, entry: null }))
    .filter(({ prefix }) => !byPrefix.has(prefix));
  const all = [...written, ...named];
  const groups = Map.groupBy(all, ({ prefix }) => prefix.toUpperCase());
  const faults = [...groups.values()].filter((group) => group.length > 1).map(toClash);
  return { connections: all.sort((a, b) => (a.name < b.name ? -1 : 1)), faults };
}

function declaringVariables(environment: Environment): readonly string[] {
  return Object.keys(environment)
    .filter((name) => name.endsWith(SUFFIX) && name.length > SUFFIX.length && !NOT_CONNECTIONS.has(name))
    .filter((name) => (environment[name] ?? '') !== '')
    .sort();
}

function toClash(group: readonly DeclaredConnection[]): Fault {
  const names = group.map(({ name, prefix, entry }) =>
    entry === null ? `${prefix.slice(0, -1)}${SUFFIX}` : `connections.${name}`,
  );
  return {
    code: 'config.invalid',
    message: `${names.join(' and ')} declare the same connection: their variables have the same names`,
    where: group.find(({ entry }) => entry !== null)?.entry?.where ?? {},
    mend: 'keep one of them, or rename one',
  };
}
