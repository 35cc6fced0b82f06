import { BfmError } from '@bfm/core';
import { type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema, RouteSchemas } from './route.ts';

/** The parts of a request, each of which may have a schema. */
export interface RequestParts {
  params: unknown;
  query: unknown;
  body: unknown;
}

type Part = keyof RequestParts;

/** Puts a request to the schemas of its route; texts of path and query become numbers and booleans where these ask for them. */
export type RequestCheck = (parts: RequestParts) => void;

const PARTS: readonly Part[] = ['params', 'query', 'body'];

/** Makes the checks of routes: unknown fields are taken away on those of v1, and refused on the others. */
export function createRequestChecks(): (schemas: RouteSchemas, v1: boolean) => RequestCheck {
  const compilers = { v1: toCompilers(true), newer: toCompilers(false) };
  return (schemas, v1) => {
    const { body, texts } = compilers[v1 ? 'v1' : 'newer'];
    const checks = PARTS.flatMap((part): [Part, ValidateFunction][] => {
      const schema = schemas[part];
      return schema === undefined
        ? []
        : [[part, (part === 'body' ? body : texts).compile(closeObjects(schema) as JsonSchema)]];
    });
    return (parts) => {
      for (const [part, check] of checks) {
        if (!check(parts[part])) throw refuse(part, check.errors?.[0], v1 ? schemas[part] : undefined);
      }
    };
  };
}

function toCompilers(removeAdditional: boolean): Readonly<Record<'body' | 'texts', Ajv2020>> {
  const shared = {
    removeAdditional,
    useDefaults: true,
    strict: false,
    strictNumbers: true,
    allErrors: false,
  };
  return {
    body: new Ajv2020({ ...shared, coerceTypes: false }),
    texts: new Ajv2020({ ...shared, coerceTypes: 'array' }),
  };
}

/** Closes every object that names its properties and does not say whether there may be others. */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeObjects(value)]));
  const open = 'properties' in inner && inner['type'] === 'object' && !('additionalProperties' in inner);
  return open ? { ...inner, additionalProperties: false } : inner;
}

/** @param schema that of a v1 route */
function refuse(part: Part, error: ErrorObject | undefined, schema: JsonSchema | undefined): BfmError {
  const missing = toMissingV1(error, schema?.['title']);
  if (missing !== null) return new BfmError('request.invalid', { message: missing, next: NEXT });
  return toRefusal(part, error);
}

function toRefusal(part: Part, error: ErrorObject | undefined): BfmError {
  const path = (error?.instancePath ?? '').slice(0, 200);
  const extra: unknown = error?.params['additionalProperty'];
  const what = typeof extra === 'string' ? `: ${JSON.stringify(extra.slice(0, 100))}` : '';
  return new BfmError('request.invalid', {
    message: `${part}${path}: ${error?.message ?? 'is not valid'}${what}`,
    details: { part, path, rule: error?.keyword ?? null },
    next: NEXT,
  });
}

const NEXT = 'Mend the request and send it again; nothing was done.';

/** What BFM v1 said of a field that is not there, or empty; its requests have titles. */
function toMissingV1(error: ErrorObject | undefined, title: unknown): string | null {
  if (error === undefined || typeof title !== 'string') return null;
  const name = missingName(error);
  if (name === null) return null;
  const field = name
    .split('_')
    .map((word) => word.replace(/^id(s?)$/, 'ID$1'))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
  return `Key: '${title}.${field}' Error:Field validation for '${field}' failed on the 'required' tag`;
}

function missingName({ keyword, params, instancePath }: ErrorObject): string | null {
  if (keyword === 'required' && instancePath === '') return String(params['missingProperty']);
  return keyword === 'minLength' ? (/^\/(\w+)$/.exec(instancePath)?.[1] ?? null) : null;
}
