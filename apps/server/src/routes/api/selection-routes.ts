import {
  askSchemas,
  type ControlContext,
  listCatalog,
  listTenants,
  parseConnection,
  planningContext,
  type SchemaQuery,
} from '@bfm/service';
import type { JsonSchema, Route } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { COUNT, FLAG, nullable, object, TEXT, TEXTS } from '../schema-parts.ts';
import { type ApiRoute, refusal, toApiRoute } from './api-route.ts';
import { pageOf, pageQuery, readPage } from './page-query.ts';

const SCHEMAS = { schema: object({ schemas: TEXTS }), example: { schemas: ['acme', 'globex'] } };
const NO_CONNECTION = refusal(
  'connection.not_found',
  'connection shop is not configured; configured: core',
  'choose others with --connection',
);

/** Routes that tell what there is to choose from. */
export function toSelectionRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [toCatalog, toTenants, toSchemaQuery].map((make) => toApiRoute(make(control)));
}

function toCatalog(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/catalog',
    permission: 'read',
    id: 'listCatalog',
    summary: 'Lists the migrations that are in force, by id; order is the place of each in which it runs',
    group: 'places',
    query: pageQuery({}),
    answers: { 200: { schema: pageOf(MIGRATION), example: { items: [MIGRATION_EXAMPLE], next: null } } },
    handle: ({ query }) => {
      const { catalog } = control.catalogs.current();
      return Promise.resolve({ status: 200, body: { ...listCatalog(catalog, readPage(query)) } });
    },
  };
}

function toTenants(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/tenants',
    permission: 'read',
    id: 'listTenants',
    summary: 'Lists the schemas of all tenants, as the configured queries of the connections tell them',
    group: 'places',
    query: object({ 'connection?': TEXTS }, { additionalProperties: false }),
    answers: { 200: SCHEMAS, 404: NO_CONNECTION },
    handle: async (request) => {
      const { connection = [] } = request.query as { readonly connection?: readonly string[] };
      const context = planningContext(toCaller(request), control);
      const names = connection.map((name) => parseConnection(name, context));
      return { status: 200, body: { schemas: await listTenants(names, context) } };
    },
  };
}

function toSchemaQuery(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/schema-queries',
    permission: 'change',
    id: 'querySchemas',
    summary:
      'Asks the database of a connection for schema names with a query, which may only read; for admins, and audited',
    group: 'places',
    body: {
      schema: object({ connection: TEXT, query: { ...TEXT, minLength: 1, maxLength: 100_000 } }),
      example: { connection: 'core', query: 'SELECT schema_name FROM tenants' },
    },
    answers: { 200: SCHEMAS, 404: NO_CONNECTION },
    handle: async (request) => {
      const schemas = await askSchemas(request.body as SchemaQuery, toCaller(request), control);
      return { status: 200, body: { schemas } };
    },
  };
}

const MIGRATION: JsonSchema = object({
  migration_id: TEXT,
  order: COUNT,
  version: TEXT,
  name: TEXT,
  backend: TEXT,
  connection: TEXT,
  schema: nullable(TEXT),
  tags: { type: 'object', additionalProperties: TEXT },
  depends_on: TEXTS,
  irreversible: FLAG,
  file: TEXT,
  checksum: TEXT,
});

const MIGRATION_EXAMPLE = {
  migration_id: '20250102000000_create_notes_postgresql_organization',
  order: 1,
  version: '20250102000000',
  name: 'create_notes',
  backend: 'postgresql',
  connection: 'organization',
  schema: null,
  tags: { tier: 'critical' },
  depends_on: ['20250101000000_create_users_postgresql_organization'],
  irreversible: false,
  file: 'postgresql/organization/20250102000000_create_notes.up.sql',
  checksum: 'b1946ac92492d2347c6235b4d2611184c0d8f28f0bb1b2bd2bbd1f0a5c9c1e6f',
};
