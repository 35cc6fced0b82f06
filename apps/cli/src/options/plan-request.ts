import {
  isTagKey,
  parseVersion,
  type Direction,
  type PlanRequest,
  type SchemaName,
  type Version,
} from '@bfm/core';
import { parseSchemaNames, resolveMigrations } from '@bfm/service';
import type { Selecting } from '../modes/selecting.ts';
import type { PlanOptions } from './option-types.ts';
import { readSchemasFrom } from './schemas-from.ts';
import { selectBackends, selectConnections } from './select-connections.ts';
import { usageError } from './usage-error.ts';

/**
 * Makes a request of the options of a command line.
 *
 * @throws {request.invalid} {name.invalid} {connection.not_found} {migration.not_found} and, when schemas are asked of a
 * database, {target.unreachable} {config.invalid}
 */
export async function buildPlanRequest(
  direction: Direction,
  options: PlanOptions,
  from: Selecting,
): Promise<PlanRequest> {
  const connections = selectConnections(options.connection ?? [], from);
  const backends = selectBackends(options.backend ?? []);
  const to = options.to === undefined ? null : readVersion(options.to);
  const tags = readTags(options.tag ?? []);
  const migrations = resolveMigrations(options.migration ?? [], from.catalog);
  const schemas = parseSchemaNames([...new Set(options.schema ?? [])], '--schema');
  const listedSchemas = await listSchemas(options, connections, from);
  return {
    direction,
    connections,
    backends,
    schemas,
    listedSchemas,
    schemasListed: options.schemasFrom !== undefined || options.allTenants === true,
    tags,
    migrations,
    to,
    ...settingsOf(options),
  };
}

function settingsOf(
  options: PlanOptions,
): Pick<
  PlanRequest,
  'createSchemas' | 'steps' | 'all' | 'outOfOrder' | 'allowNonEmpty' | 'ignoreDependencies'
> {
  return {
    createSchemas: options.createSchemas ?? false,
    steps: options.steps ?? null,
    all: options.all ?? false,
    outOfOrder: options.outOfOrder ?? 'refuse',
    allowNonEmpty: options.allowNonEmpty ?? false,
    ignoreDependencies: false,
  };
}

/** The schemas that come from a list: `--schemas-from` and `--all-tenants` together, each once. */
export async function listSchemas(
  { schemasFrom, allTenants }: Pick<PlanOptions, 'schemasFrom' | 'allTenants'>,
  connections: PlanRequest['connections'],
  from: Selecting,
): Promise<readonly SchemaName[]> {
  const listed = schemasFrom === undefined ? [] : await readSchemasFrom(schemasFrom, connections, from);
  const tenants = allTenants === true ? await from.listTenants(connections) : [];
  return [...new Set([...listed, ...tenants])];
}

function readVersion(text: string): Version {
  const version = parseVersion(text);
  if (version !== null) return version;
  throw usageError(
    `--to ${JSON.stringify(text)} is no version`,
    'a version has 14 digits, YYYYMMDDhhmmss: --to 20250106093000',
  );
}

function readTags(texts: readonly string[]): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) throw usageError(`--tag ${JSON.stringify(text)} has no =`, 'write --tag key=value');
    const key = text.slice(0, equals);
    // What no migration can have would select nothing, and __proto__ would even be no key of an object.
    if (!isTagKey(key)) {
      throw usageError(
        `--tag ${JSON.stringify(text)} has a key that no tag can have`,
        'a key begins with a letter or digit and holds letters, digits, _, ., / and -',
      );
    }
    const value = text.slice(equals + 1);
    if (Object.hasOwn(tags, key) && tags[key] !== value) {
      throw usageError(`--tag ${key} is given with two values`, 'all tags must match; give each key once');
    }
    tags[key] = value;
  }
  return tags;
}
