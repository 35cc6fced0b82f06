import {
  appliedV1,
  type ControlContext,
  detailV1,
  executionsV1,
  historyV1,
  listV1,
  recentExecutionsV1,
  recentSkippedV1,
  skippedV1,
  statusV1,
} from '@bfm/service';
import type { JsonSchema, Route, RouteRequest } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { V1_ERROR } from '../schema-parts.ts';
import * as examples from './v1-examples.ts';
import * as schemas from './v1-schemas.ts';

interface Reading {
  /** Behind `/api/v1/migrations`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly answer: JsonSchema;
  readonly example: unknown;
  readonly query?: JsonSchema;
  /** Whether what nobody knows is an error. */
  readonly mayMiss?: boolean;
  readonly read: (asked: Asked, request: RouteRequest<Identity>) => Promise<unknown>;
}

interface Asked {
  /** Empty where the path has none. */
  readonly id: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** The routes of BFM v1 that tell how things stand. */
export function toV1ReadRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [...toLists(control), ...toOnes(control), ...toRecords(control)].map(toRoute);
}

function toLists(control: ControlContext): readonly Reading[] {
  const { LIMIT_QUERY: query } = schemas;
  return [
    {
      path: '',
      id: 'listMigrations',
      summary: 'Lists migrations and how they stand',
      answer: schemas.LIST_ANSWER,
      example: examples.LIST_EXAMPLE,
      query: schemas.LIST_QUERY,
      read: ({ query: { schema = '', connection = '', backend = '', status = '', version = '' } }) =>
        listV1({ schema, connection, backend, status, version }, control),
    },
    {
      path: '/executions/recent',
      id: 'listRecentExecutions',
      summary: 'Lists what was applied last',
      answer: schemas.RECENT_EXECUTIONS_ANSWER,
      example: examples.RECENT_EXECUTIONS_EXAMPLE,
      query,
      read: ({ query: { limit } }) => recentExecutionsV1(limit, control),
    },
    {
      path: '/skipped/recent',
      id: 'listRecentlySkipped',
      summary: 'Lists what was asked for last and was applied already',
      answer: schemas.RECENT_SKIPPED_ANSWER,
      example: examples.RECENT_SKIPPED_EXAMPLE,
      query,
      read: ({ query: { limit } }) => recentSkippedV1(limit, control),
    },
  ];
}

function toOnes(control: ControlContext): readonly Reading[] {
  return [
    {
      path: '/:id',
      id: 'getMigration',
      summary: 'Tells all about a migration',
      answer: schemas.DETAIL_ANSWER,
      example: examples.DETAIL_EXAMPLE,
      mayMiss: true,
      read: ({ id }, request) => detailV1(id, toCaller(request), control),
    },
    {
      path: '/:id/status',
      id: 'getMigrationStatus',
      summary: 'Tells how a migration stands',
      answer: schemas.STATUS_ANSWER,
      example: examples.STATUS_EXAMPLE,
      read: ({ id }) => statusV1(id, control),
    },
    {
      path: '/:id/applied',
      id: 'isMigrationApplied',
      summary: 'Tells whether a migration is applied',
      answer: schemas.APPLIED_ANSWER,
      example: examples.APPLIED_EXAMPLE,
      read: ({ id }) => appliedV1(id, control),
    },
  ];
}

function toRecords(control: ControlContext): readonly Reading[] {
  return [
    {
      path: '/:id/history',
      id: 'getMigrationHistory',
      summary: 'Tells what happened to a migration',
      answer: schemas.HISTORY_ANSWER,
      example: examples.HISTORY_EXAMPLE,
      mayMiss: true,
      read: ({ id }) => historyV1(id, control),
    },
    {
      path: '/:id/executions',
      id: 'listMigrationExecutions',
      summary: 'Lists where a migration is and was',
      answer: schemas.EXECUTIONS_ANSWER,
      example: examples.EXECUTIONS_EXAMPLE,
      read: ({ id }) => executionsV1(id, control),
    },
    {
      path: '/:id/skipped',
      id: 'listMigrationSkips',
      summary: 'Lists when a migration was asked for and was applied already',
      answer: schemas.SKIPPED_ANSWER,
      example: examples.SKIPPED_EXAMPLE,
      query: schemas.LIMIT_QUERY,
      read: ({ id, query: { limit } }) => skippedV1(id, limit, control),
    },
  ];
}

function toRoute({
  path,
  id,
  summary,
  answer,
  example,
  query,
  mayMiss = false,
  read,
}: Reading): Route<Identity> {
  const named = path.includes(':id');
  return {
    method: 'GET',
    path: `/api/v1/migrations${path}`,
    permission: 'read',
    v1: true,
    schemas: {
      ...(named ? { params: schemas.ID_PARAMS } : {}),
      ...(query === undefined ? {} : { query }),
      answers: { 200: answer, ...(mayMiss ? { 404: V1_ERROR } : {}) },
    },
    doc: {
      id,
      summary,
      group: 'migrations',
      answerExamples: { 200: example, ...(mayMiss ? { 404: examples.V1_ERROR_EXAMPLE } : {}) },
    },
    handler: async (request) => {
      const params = request.params as { readonly id?: string };
      const asked = { id: params.id ?? '', query: request.query as Asked['query'] };
      return { status: 200, body: await read(asked, request) };
    },
  };
}
