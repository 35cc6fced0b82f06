import {
  BfmError,
  compareText,
  targetKey,
  type ConnectionName,
  type PlanRequest,
  type SchemaName,
} from '@bfm/core';
import type { ScopePlace } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { ServiceContext } from '../service-context.ts';
import type { LeftAlone } from './import-plan.ts';
import type { ResolvedState, StatedTarget } from './resolve-rows.ts';

/** Which targets an import is about. */
export interface ImportSelection extends Pick<
  PlanRequest,
  'connections' | 'backends' | 'schemas' | 'listedSchemas' | 'schemasListed'
> {
  /** Targets that are left out. */
  readonly leaveOut: readonly ScopePlace[];
}

/** The targets that are looked at, and those that are not. */
export interface SelectedTargets extends Pick<LeftAlone, 'unconfigured' | 'unknownSchemas' | 'leftOut'> {
  /** Ordered by connection and schema. */
  readonly targets: readonly StatedTarget[];
}

/**
 * Narrows the targets that a state speaks of by a selection.
 *
 * @throws {backend.capability_missing} for a connection or kind of store asked for by name that cannot be imported
 * @throws {target.not_found} for a schema asked for by name that the state does not speak of
 */
export function selectTargets(
  { targets }: ResolvedState,
  selection: ImportSelection,
  context: ServiceContext,
): SelectedTargets {
  requirePostgres(selection, context);
  const unconfigured = new Map<ConnectionName, number>();
  const schemas = wantedSchemas(selection);
  const left = new Set(selection.leaveOut.map(toKey));
  const selected: StatedTarget[] = [];
  let leftOut = 0;
  for (const target of targets.values()) {
    const info = context.connections.get(target.connection);
    if (info === undefined) {
      unconfigured.set(target.connection, (unconfigured.get(target.connection) ?? 0) + 1);
      continue;
    }
    const isWanted = selection.connections.length === 0 || selection.connections.includes(info.name);
    if (info.backend !== 'postgresql' || !isWanted || schemas?.has(target.schema) === false) continue;
    if (left.delete(targetKey(target))) leftOut += 1;
    else selected.push(target);
  }
  requireKnown(selection, [...targets.values()], left);
  const seen = new Set([...targets.values()].map(({ schema }) => schema));
  return {
    targets: selected.sort((a, b) => compareText(targetKey(a), targetKey(b))),
    unconfigured: [...unconfigured].sort(([a], [b]) => compareText(a, b)),
    unknownSchemas: selection.listedSchemas.filter((schema) => !seen.has(schema)),
    leftOut,
  };
}

function toKey({ connection, schema }: ScopePlace): string {
  return `${connection}/${schema}`;
}

function wantedSchemas({
  schemas,
  listedSchemas,
  schemasListed,
}: ImportSelection): ReadonlySet<SchemaName> | null {
  return schemas.length === 0 && !schemasListed ? null : new Set([...schemas, ...listedSchemas]);
}

function requirePostgres({ connections, backends }: ImportSelection, context: ServiceContext): void {
  const named = connections.map((name) => findConnection(name, context));
  const other = named.find(({ backend }) => backend !== 'postgresql');
  const kind = backends.find((backend) => backend !== 'postgresql');
  if (other === undefined && kind === undefined) return;
  const what =
    other === undefined
      ? `stores of kind ${kind ?? ''}`
      : `connection ${other.name}, which is ${other.backend},`;
  throw new BfmError('backend.capability_missing', {
    message: `${what} cannot be imported by this version: it keeps ledgers in PostgreSQL only; nothing was changed`,
    details: { where: other === undefined ? {} : { connection: other.name } },
    next: 'leave it out: bfm import bfm without it tells what it leaves alone',
  });
}

function requireKnown(
  { schemas }: ImportSelection,
  targets: readonly StatedTarget[],
  left: ReadonlySet<string>,
): void {
  const lost = schemas.find((schema) => targets.every((target) => target.schema !== schema)) ?? [...left][0];
  if (lost === undefined) return;
  throw new BfmError('target.not_found', {
    message: `the state does not speak of ${lost}; nothing was changed`,
    details: { where: { schema: lost } },
    next: 'bfm import bfm --dry-run shows which targets it speaks of',
  });
}
