import { CONNECTION_SETTINGS } from '../../../packages/service/src/config/connection-settings.ts';
import type { Definitions, SettingDefinition } from '../../../packages/service/src/config/definition.ts';
import { PROGRAM_SETTINGS } from '../../../packages/service/src/config/program-settings.ts';
import { SERVER_SETTINGS } from '../../../packages/service/src/config/server-settings.ts';
import { STATE_SETTINGS } from '../../../packages/service/src/config/state-settings.ts';
import { CONNECTION_NAME } from '../../../packages/service/src/config/value-types.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Writes the JSON Schema of bfm.yaml, for editors and pipelines. */
export function makeConfigSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'bfm.yaml',
    description: 'The configuration of BFM. Made by scripts/check/config-files.ts; do not edit.',
    ...withProperty(toObject(PROGRAM_SETTINGS, SERVER_SETTINGS, STATE_SETTINGS), 'connections', {
      description: 'The connections by name; variables of the same settings go before what stands here.',
      type: 'object',
      propertyNames: CONNECTION_NAME.schema,
      additionalProperties: { $ref: '#/definitions/connection' },
    }),
    // Nothing is required: what is not here may stand in a variable.
    definitions: { connection: toObject(CONNECTION_SETTINGS) },
  };
}

/** An object for what definitions have in bfm.yaml, with an object for each group. */
function toObject(...definitions: readonly Definitions[]): JsonSchema {
  const written = definitions
    .flatMap(Object.values<SettingDefinition<unknown>>)
    .filter(({ key }) => key !== null);
  return written.reduce<JsonSchema>(
    (schema, definition) => {
      const path = (definition.key ?? '').split('.');
      const plain = withProperty(schema, path, toProperty(definition));
      return definition.secret ? withSecretFile(plain, path) : plain;
    },
    { type: 'object', additionalProperties: false, properties: {} },
  );
}

function toProperty({ type, meaning, default: usual, example }: SettingDefinition<unknown>): JsonSchema {
  const value = type.schema.type === 'string' ? example : (JSON.parse(example) as unknown);
  return { description: `${meaning} Default: ${usual}.`, ...type.schema, examples: [value] };
}

function withSecretFile(schema: JsonSchema, path: readonly string[]): JsonSchema {
  const name = path.at(-1) ?? '';
  const parent = path.slice(0, -1);
  const property = {
    description: `The file that holds ${name}, and nothing else but a last line break. Not beside ${name}.`,
    type: 'string',
    minLength: 1,
  };
  const added = withProperty(schema, [...parent, `${name}_file`], property);
  return withRule(added, parent, { not: { required: [name, `${name}_file`] } });
}

function withProperty(schema: JsonSchema, at: string | readonly string[], property: JsonSchema): JsonSchema {
  const [first = '', ...rest] = typeof at === 'string' ? [at] : at;
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  const below = properties[first] ?? { type: 'object', additionalProperties: false, properties: {} };
  return {
    ...schema,
    properties: {
      ...properties,
      [first]: rest.length === 0 ? property : withProperty(below, rest, property),
    },
  };
}

function withRule(schema: JsonSchema, [first, ...rest]: readonly string[], rule: JsonSchema): JsonSchema {
  if (first === undefined) {
    return { ...schema, allOf: [...((schema['allOf'] ?? []) as readonly JsonSchema[]), rule] };
  }
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  const below = properties[first];
  return below === undefined
    ? schema
    : { ...schema, properties: { ...properties, [first]: withRule(below, rest, rule) } };
}
