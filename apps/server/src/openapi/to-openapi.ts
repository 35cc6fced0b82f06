import type { JsonSchema, Route } from '../http/route.ts';

/** A route as far as its description is concerned. */
export type DescribedRoute = Pick<Route<unknown>, 'method' | 'path' | 'permission' | 'schemas' | 'doc'>;

/** An OpenAPI document, as JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Of the interface, which programs rely on; that of the program is nobody's business without a token. */
const API_VERSION = '1.0.0';

/** The bodies that answers have when they are no JSON. */
const STREAM = 'text/event-stream';

/**
 * Describes routes as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1): the schemas are those that requests are held to,
 * since its schemas are JSON Schema 2020-12, too. Pure, and the same for the same routes.
 */
export function toOpenApi(routes: readonly DescribedRoute[]): OpenApiDocument {
  const sorted = [...routes].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of sorted) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'BFM',
      version: API_VERSION,
      description: 'Plans and runs versioned schema changes, in one place for everybody.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(sorted.map(({ doc }) => doc.group))].sort(compare).map((name) => ({ name })),
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function toOperation({ method, path, permission, schemas, doc }: DescribedRoute): Record<string, unknown> {
  const parameters = [...toParameters(schemas.params, 'path'), ...toParameters(schemas.query, 'query')];
  const key = method === 'GET' || path.includes('order-batch') ? [] : [IDEMPOTENCY_KEY];
  return {
    operationId: doc.id,
    summary: doc.summary,
    tags: [doc.group],
    ...(permission === 'open' ? { security: [] } : { 'x-permission': permission }),
    ...(parameters.length + key.length === 0 ? {} : { parameters: [...parameters, ...key] }),
    ...(schemas.body === undefined ? {} : { requestBody: toBody(schemas.body, doc.bodyExample) }),
    responses: toResponses(schemas.answers ?? {}, doc),
  };
}

/** What a client that may repeat a request sends with it. */
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request again with the same key has one effect.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

function toParameters(
  schema: JsonSchema | undefined,
  place: 'path' | 'query',
): readonly Record<string, unknown>[] {
  const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema;
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }));
}

function toBody(schema: JsonSchema, example: unknown): Record<string, unknown> {
  return { required: true, content: { 'application/json': { schema, example } } };
}

function toResponses(
  answers: Readonly<Record<string, JsonSchema>>,
  doc: DescribedRoute['doc'],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const example = doc.answerExamples?.[status];
      const type = typeof example === 'string' && example.startsWith('id: ') ? STREAM : 'application/json';
      return [status, { description: describe(status), content: { [type]: { schema, example } } }];
    }),
  );
}

/** OpenAPI wants a description; these say what the status means here. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'Done',
  202: 'Begun',
  206: 'Done in part; the body says what failed',
  400: 'The request is not valid, or there was nothing to do',
  401: 'No token, or one that is not accepted',
  403: 'The token does not allow it',
  404: 'There is no such thing',
  409: 'Somebody else is at it',
  422: 'A person must decide',
  503: 'The server, its state or a target cannot be reached',
};

function describe(status: string): string {
  return DESCRIPTIONS[status] ?? 'See the body';
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
