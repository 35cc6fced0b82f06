import type { Plan, PlanRequest } from '@bfm/core';
import type { KnownCatalog, KnownMigration } from '@bfm/service';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { withSlashes } from './shown-path.ts';
import { someNames } from './wording.ts';

/** What a selection is looked for in. */
export interface SelectionSource {
  readonly catalog: Pick<KnownCatalog, 'migrations'>;
  /** The folder of migrations, as it was given; `null`: it is a server's. */
  readonly sfm: string | null;
}

/** A warning that says why a plan selects nothing at all; no line when it does, or says itself what it left out. */
export function emptySelectionView(plan: Plan, source: SelectionSource, look: Look): readonly string[] {
  if (plan.groups.length > 0 || plan.skips.length > 0) return [];
  return [look.paint.warn(`warning: ${findReason(plan.request, source, look.width)}`)];
}

/** The first part of the request after which nothing is left. */
function findReason(request: PlanRequest, { catalog, sfm }: SelectionSource, width: number): string {
  if (catalog.migrations.length === 0) return `no migrations ${inFolder(sfm)}`;
  const schemas = [...new Set([...request.schemas, ...request.listedSchemas])];
  if (request.schemasListed && schemas.length === 0) return 'the list of schemas is empty';
  const placed = catalog.migrations.filter(
    ({ connection, backend }) => isIn(connection, request.connections) && isIn(backend, request.backends),
  );
  if (placed.length === 0) return `no migrations of ${placesOf(request)} ${inSource(sfm)}`;
  return (
    missingTag(placed, request) ??
    missingVersion(placed, request) ??
    (schemas.length === 0
      ? 'no migration fits everything that was asked for'
      : `no dynamic migration to run in ${schemas.length === 1 ? 'schema' : 'schemas'} ${someNames(schemas, width)}, and none that names ${schemas.length === 1 ? 'it' : 'them'}`)
  );
}

function inSource(sfm: string | null): string {
  return sfm === null ? 'at the server' : `in ${escapeLine(sfm)}`;
}

function inFolder(sfm: string | null): string {
  return inSource(sfm === null ? null : withSlashes(sfm).replace(/\/?$/, '/'));
}

function isIn<T>(value: T, wanted: readonly T[]): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

function placesOf({ connections, backends }: PlanRequest): string {
  const names = connections.length === 0 ? backends : connections;
  return `${connections.length === 0 ? 'kind' : 'connection'} ${names.join(', ')}`;
}

function missingTag(migrations: readonly KnownMigration[], { tags }: PlanRequest): string | null {
  const wanted = Object.entries(tags);
  const hasTag = ({ tags: own }: KnownMigration, [key, value]: readonly [string, string]): boolean =>
    own[key] === value;
  if (migrations.some((migration) => wanted.every((tag) => hasTag(migration, tag)))) return null;
  const absent = wanted.find((tag) => !migrations.some((migration) => hasTag(migration, tag)));
  if (absent !== undefined) return `no migration has the tag ${escapeLine(absent.join('='))}`;
  return `no migration has all of the tags ${escapeLine(wanted.map((tag) => tag.join('=')).join(', '))}`;
}

function missingVersion(
  migrations: readonly KnownMigration[],
  { to, direction }: PlanRequest,
): string | null {
  if (to === null) return null;
  if (direction === 'up') {
    return migrations.some(({ version }) => version <= to) ? null : `no migration is as old as version ${to}`;
  }
  return migrations.some(({ version }) => version > to) ? null : `no migration is newer than version ${to}`;
}
