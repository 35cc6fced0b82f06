import { isBfmError, type ConnectionName, type SchemaName } from '@bfm/core';
import type { InspectQuery } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { StatusScope } from '../planning/status-scope.ts';
import type { ServiceContext } from '../service-context.ts';

/** A place in a list of targets. The schema is empty for all tenants of a connection whose ledger cannot be read. */
export interface TargetPlace {
  readonly connection: string;
  readonly schema: string;
}

/** Which targets a part of a list has. */
export interface TargetPart {
  readonly scope: StatusScope;
  /** The last of them, when there are more. */
  readonly next: TargetPlace | null;
}

/** Places by connection and schema, by the code points of their names, as stores order them too. */
export function comparePlaces(a: TargetPlace, b: TargetPlace): number {
  return compareCodePoints(a.connection, b.connection) || compareCodePoints(a.schema, b.schema);
}

/** Finds the targets behind a place, without looking at more of any ledger than the names of those. */
export async function findTargetPart(
  scope: StatusScope,
  { after, limit }: { readonly after: TargetPlace | null; readonly limit: number },
  context: ServiceContext,
): Promise<TargetPart> {
  const found: TargetPlace[] = [];
  for (const connection of [...scope.queries.keys()].sort(compareCodePoints)) {
    if (after !== null && compareCodePoints(connection, after.connection) < 0) continue;
    const behind = after?.connection === connection ? after.schema : null;
    const wanted = limit + 1 - found.length;
    found.push(...(await findSchemas(scope, { connection, behind, wanted }, context)));
    if (found.length > limit) break;
  }
  const places = found.slice(0, limit);
  return { scope: narrow(scope, places), next: found.length > limit ? (places.at(-1) ?? null) : null };
}

interface Wanted {
  readonly connection: ConnectionName;
  readonly behind: string | null;
  readonly wanted: number;
}

async function findSchemas(
  { queries }: StatusScope,
  { connection, behind, wanted }: Wanted,
  context: ServiceContext,
): Promise<readonly TargetPlace[]> {
  const names = new Set<string>();
  for (const { schemas } of queries.get(connection) ?? []) {
    const more = schemas === 'known' ? await askKnown({ connection, behind, wanted }, context) : schemas;
    for (const schema of more) {
      if (behind === null || compareCodePoints(schema, behind) > 0) names.add(schema);
    }
  }
  const places = [...names].sort(compareCodePoints).map((schema) => ({ connection, schema }));
  return places.slice(0, wanted);
}

/** One that cannot be reached is told of once, in the place of all its tenants. */
async function askKnown(
  { connection, behind, wanted }: Wanted,
  context: ServiceContext,
): Promise<readonly string[]> {
  const store = context.storeOf(findConnection(connection, context));
  try {
    return await store.knownSchemas(connection, {
      after: (behind || null) as SchemaName | null,
      limit: wanted,
    });
  } catch (error) {
    if (!isBfmError(error) || error.code !== 'target.unreachable') throw error;
    return [''];
  }
}

function narrow(scope: StatusScope, places: readonly TargetPlace[]): StatusScope {
  const queries = new Map<ConnectionName, InspectQuery[]>();
  for (const [connection, here] of Map.groupBy(places, (place) => place.connection as ConnectionName)) {
    const schemas = here.filter(({ schema }) => schema !== '').map(({ schema }) => schema as SchemaName);
    const known = here.length > schemas.length ? [{ connection, schemas: 'known' as const }] : [];
    queries.set(connection, [...(schemas.length > 0 ? [{ connection, schemas }] : []), ...known]);
  }
  return { ...scope, queries };
}

function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const [as, bs] = [[...a], [...b]];
  for (let index = 0; index < Math.min(as.length, bs.length); index += 1) {
    const difference = (as[index]?.codePointAt(0) ?? 0) - (bs[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return as.length - bs.length;
}
