import type { NamedMigration } from './resolve-v1-id.ts';

/** A migration in one schema. */
export interface V1Place {
  readonly migration: NamedMigration;
  readonly schema: string;
}

/** What answers call a migration in a schema: `{schema}_{id}`, and a fixed one by its id alone. */
export function toV1Entry({ migration, schema }: V1Place): string {
  return migration.schema === null ? `${schema}_${migration.id}` : migration.id;
}

/** Where migrations run: fixed ones in their own schema, dynamic ones in each of these. */
export function toV1Places(
  migrations: readonly NamedMigration[],
  schemas: readonly string[],
): readonly V1Place[] {
  return migrations.flatMap((migration) =>
    (migration.schema === null ? schemas : [migration.schema]).map((schema) => ({ migration, schema })),
  );
}

/** One text for each migration in each schema. */
export function placeKey(migrationId: string, schema: string): string {
  return `${migrationId}\n${schema}`;
}

/** What is said of a dynamic migration that no schema was named for. */
export function toSchemaMissing({ version, name }: NamedMigration): string {
  return `migration ${version}_${name} has dynamic schema but no schema provided in request`;
}
