import { quoteOption, type ConnectionName, type SchemaName } from '@bfm/core';

/** Schemas of one connection that something is to be done in. */
export interface SchemasPlace {
  readonly connection: ConnectionName;
  readonly schemas: readonly SchemaName[];
}

/** A command with more names than this is no help to anybody. */
const SCHEMAS_MAX = 10;

/** The schemas that a command for these names: as many as anybody would type. */
export function typedSchemas(schemas: readonly SchemaName[]): readonly SchemaName[] {
  return schemas.slice(0, SCHEMAS_MAX);
}

/** What is said behind a command that could not name all of its schemas; empty when it did. */
export function andTheRest({ length }: readonly SchemaName[]): string {
  const rest = length - SCHEMAS_MAX;
  return rest <= 0 ? '' : ` (and the same for ${rest} more ${rest === 1 ? 'schema' : 'schemas'})`;
}

/** The options that select these schemas. */
export function placeOptions({ connection, schemas }: SchemasPlace): string {
  const names = typedSchemas(schemas).map((schema) => quoteOption('--schema', schema));
  return [`--connection ${connection}`, ...names].join(' ');
}
