import type { BackendName, ConnectionName, SchemaName } from './names.ts';
import type { Version } from './version.ts';

declare const brand: unique symbol;

/** `{version}_{name}_{backend}_{connection}`. Opaque: names may hold `_`, so it is never split back into its parts. */
export type MigrationId = string & { readonly [brand]: 'MigrationId' };

/** The parts a migration id is made of. */
export interface MigrationIdParts {
  readonly version: Version;
  readonly name: string;
  readonly backend: BackendName;
  readonly connection: ConnectionName;
}

/** Makes the base id of a migration. */
export function toMigrationId(parts: MigrationIdParts): MigrationId {
  return `${parts.version}_${parts.name}_${parts.backend}_${parts.connection}` as MigrationId;
}

/** Makes the id of a migration in one schema: `{schema}_{id}`. */
export function toSchemaMigrationId(schema: SchemaName, id: MigrationId): string {
  return `${schema}_${id}`;
}
