import {
  BfmError,
  isTagKey,
  parseSchemaName,
  BACKENDS,
  type Migration,
  type NameResult,
  type SchemaName,
} from '@bfm/core';
import type { QuarantinedMigration } from '@bfm/engine';
import type { LoadedCatalog } from '../control/catalog-holder.ts';

/** Which migrations a request of the v1 wire is about; what is empty narrows nothing. */
export interface V1Target {
  readonly backend: string;
  /** Of fixed migrations; a dynamic one matches where the request names this schema. */
  readonly schema: string;
  /** Exactly this one. */
  readonly version: string;
  readonly connection: string;
  /** `key=value`; all must match. */
  readonly tags: readonly string[];
}

/** A target as it stands in a request: anything may be missing, and there may be more. */
export type V1SentTarget = { readonly [Name in keyof V1Target]?: V1Target[Name] | null | undefined };

/** A target with everything said, so that the same one is the same over every transport. */
export function readV1Target(sent: V1SentTarget): V1Target {
  const { backend, schema, version, connection, tags } = sent;
  return {
    backend: backend ?? '',
    schema: schema ?? '',
    version: version ?? '',
    connection: connection ?? '',
    tags: tags ?? [],
  };
}

/** What a request selects, before anybody has looked at a ledger. */
export interface V1Selection {
  /** In canonical order. */
  readonly migrations: readonly Migration[];
  /** What would be selected and may not run. */
  readonly quarantined: readonly QuarantinedMigration[];
}

/** Selects migrations as the v1 wire does. @throws {request.invalid} a tag is none */
export function selectV1(
  target: V1Target,
  schemas: readonly string[],
  { catalog, quarantined }: Pick<LoadedCatalog, 'catalog' | 'quarantined'>,
): V1Selection {
  const tags = parseV1Tags(target.tags);
  const { backend, version, connection, schema } = target;
  const isIn = (wanted: string, found: string | null): boolean => wanted === '' || wanted === found;
  const migrations = catalog.migrations.filter(
    (each) =>
      isIn(backend, each.backend) &&
      isIn(version, each.version) &&
      isIn(connection, each.connection) &&
      (isIn(schema, each.schema) || (each.schema === null && schemas.includes(schema))) &&
      tags.every(([key, value]) => Object.hasOwn(each.tags, key) && each.tags[key] === value),
  );
  // Of what cannot be read nobody knows schema and tags.
  const blind = schema !== '' || tags.length > 0;
  const places = placesOf(backend, connection);
  const kept = blind
    ? []
    : quarantined.filter(
        (each) => isIn(version, each.version) && places.some((place) => each.id.endsWith(place)),
      );
  return { migrations, quarantined: kept };
}

/** How ids of a place end: they are compared, never taken apart. */
function placesOf(backend: string, connection: string): readonly string[] {
  const backends: readonly string[] = backend === '' ? BACKENDS : [backend];
  return connection === '' && backend === ''
    ? ['']
    : backends.map((each) => (connection === '' ? '' : `_${each}_${connection}`));
}

/** @throws {request.invalid} in the words of the v1 wire */
function parseV1Tags(tags: readonly string[]): readonly (readonly [string, string])[] {
  return tags.map((tag, index) => {
    const at = tag.indexOf('=');
    const key = tag.slice(0, Math.max(at, 0)).trim();
    if (!isTagKey(key)) throw refuse(`tags[${index}]: tag must be key=value`);
    return [key, tag.slice(at + 1).trim()] as const;
  });
}

/** Reads the schemas of a request, each once. @throws {name.invalid} */
export function parseV1Schemas(schemas: readonly string[]): readonly SchemaName[] {
  return [...new Set(schemas)].map((text) => {
    const result: NameResult<SchemaName> = parseSchemaName(text);
    if (result.ok) return result.name;
    throw new BfmError('name.invalid', {
      message: `schema ${JSON.stringify(text.slice(0, 80))}: ${result.reason}`,
      next: 'mend the name; nothing was done',
    });
  });
}

function refuse(message: string): BfmError {
  return new BfmError('request.invalid', { message, next: 'mend the request; nothing was done' });
}
