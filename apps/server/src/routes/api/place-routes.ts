import {
  type ControlContext,
  listLocks,
  listStatuses,
  planningContext,
  presentAuditEntry,
  presentHistoryStep,
  presentLocks,
  presentPlan,
  presentPlanGroups,
  previewPlan,
  readPlanOrder,
  type SentPlanOrder,
} from '@bfm/service';
import type { AuditFilter, StepFilter } from '@bfm/engine';
import type { JsonSchema, Route } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { FLAG, list, nullable, object, oneOf, TEXT, TEXTS, TIME } from '../schema-parts.ts';
import { type ApiRoute, refusal, toApiRoute } from './api-route.ts';
import { pageOf, pageQuery, readPage } from './page-query.ts';
import * as examples from './run-examples.ts';
import * as schemas from './run-schemas.ts';

const ANY: JsonSchema = { type: 'object' };
const DRIFT = refusal(
  'drift.checksum_changed',
  'an applied migration was edited',
  'bfm drift shows what changed',
);

/** Routes that tell how things stand, and change nothing. */
export function toPlaceRoutes(control: ControlContext): readonly Route<Identity>[] {
  const routes = [toPlan, toConnections, toTargets, toLocks, toHistory, toAudit, toMe];
  return routes.map((make) => toApiRoute(make(control)));
}

function toPlan(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/plans',
    permission: 'read',
    id: 'planMigrations',
    summary:
      'Plans what is asked for and changes nothing; its digest has exactly this plan run. As groups, a fleet has one list of steps',
    group: 'plans',
    query: object({ 'form?': oneOf('steps', 'groups') }, { additionalProperties: false }),
    body: { schema: schemas.PLAN_ORDER, example: examples.ORDER_EXAMPLE },
    answers: { 200: { schema: schemas.PLAN, example: examples.PLAN_EXAMPLE }, 422: DRIFT },
    handle: async (request) => {
      const caller = toCaller(request);
      const asked = await readPlanOrder(request.body as SentPlanOrder, planningContext(caller, control));
      const { form = 'steps' } = request.query as { readonly form?: 'steps' | 'groups' };
      const plan = await previewPlan(asked, caller, control);
      return { status: 200, body: form === 'groups' ? presentPlanGroups(plan) : presentPlan(plan) };
    },
  };
}

function toConnections(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/connections',
    permission: 'read',
    id: 'listConnections',
    summary: 'Lists the configured connections, by name',
    group: 'places',
    answers: {
      200: {
        schema: object({
          connections: list(
            object({ name: TEXT, backend: TEXT, default_schema: nullable(TEXT), lists_tenants: FLAG }),
          ),
        }),
        example: {
          connections: [
            { name: 'core', backend: 'postgresql', default_schema: 'core', lists_tenants: false },
          ],
        },
      },
    },
    handle: () => {
      const connections = [...control.connections.values()]
        .map(({ name, backend, defaultSchema, tenants }) => ({
          name,
          backend,
          default_schema: defaultSchema,
          lists_tenants: tenants !== null,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return Promise.resolve({ status: 200, body: { connections } });
    },
  };
}

function toTargets(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/targets',
    permission: 'read',
    id: 'listTargets',
    summary: 'Tells how targets stand: what is applied, pending, drifted; by connection and schema',
    group: 'places',
    query: pageQuery({ 'connection?': TEXTS, 'schema?': TEXTS, 'backend?': TEXTS }),
    answers: {
      200: {
        schema: object({ targets: list(ANY), faults: list(ANY), next: nullable(TEXT) }),
        example: {
          targets: [
            {
              connection: 'organization',
              schema: 'acme',
              backend: 'postgresql',
              reachable: true,
              applied: 12,
              pending: [],
              drift: [],
            },
          ],
          faults: [],
          next: null,
        },
      },
    },
    handle: async (request) => {
      const {
        connection = [],
        schema = [],
        backend = [],
      } = request.query as Partial<Record<'connection' | 'schema' | 'backend', readonly string[]>>;
      const sent = { connections: connection, schemas: schema, backends: backend };
      const page = readPage(request.query);
      const { body } = await listStatuses({ sent, page, withFaults: false }, toCaller(request), control);
      return { status: 200, body };
    },
  };
}

function toLocks(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/locks',
    permission: 'read',
    id: 'listLocks',
    summary: 'Lists what is held at this moment, and by whom',
    group: 'places',
    answers: {
      200: { schema: object({ locks: list(ANY), 'errors?': list(ANY) }), example: { locks: [] } },
    },
    handle: async (request) => {
      const context = planningContext(toCaller(request), control);
      return { status: 200, body: presentLocks(await listLocks(context)) };
    },
  };
}

function toHistory(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/history',
    permission: 'read',
    id: 'listHistory',
    summary: 'Lists the steps of all runs, what was recorded last first',
    group: 'records',
    query: pageQuery({
      'migration_id?': TEXT,
      'connection?': TEXT,
      'schema?': TEXT,
      'outcome?': schemas.OUTCOME,
    }),
    answers: {
      200: {
        schema: pageOf(schemas.HISTORY_STEP),
        example: { items: [examples.HISTORY_EXAMPLE], next: null },
      },
    },
    handle: async ({ query }) => {
      const { migration_id: migrationId = null, ...rest } = query as Partial<StepFilter> & {
        readonly migration_id?: string;
      };
      const { connection = null, schema = null, outcome = null } = rest;
      const { items, next } = await control.state.read(({ steps }) =>
        steps.history({ migrationId, connection, schema, outcome }, readPage(query)),
      );
      return { status: 200, body: { items: items.map(presentHistoryStep), next } };
    },
  };
}

function toAudit(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/audit',
    permission: 'change',
    id: 'listAudit',
    summary: 'Lists who did what and who was refused what, the newest first; for admins',
    group: 'records',
    query: pageQuery({ 'actor?': TEXT, 'action?': TEXT, 'object?': TEXT }),
    answers: { 200: { schema: pageOf(AUDIT_ENTRY), example: { items: [AUDIT_EXAMPLE], next: null } } },
    handle: async ({ query }) => {
      const { actor = null, action = null, object: what = null } = query as Partial<AuditFilter>;
      const { items, next } = await control.state.read(({ audit }) =>
        audit.list({ actor, action, object: what }, readPage(query)),
      );
      return { status: 200, body: { items: items.map(presentAuditEntry), next } };
    },
  };
}

function toMe(): ApiRoute {
  return {
    method: 'GET',
    path: '/me',
    permission: 'read',
    id: 'getMe',
    summary: 'Tells whose the token is and what it allows',
    group: 'places',
    answers: {
      200: {
        schema: object({ name: TEXT, role: oneOf('admin', 'viewer'), token_id: nullable(TEXT) }),
        example: { name: 'deploys', role: 'admin', token_id: '3kT9' },
      },
    },
    handle: (request) => {
      const { name, role, tokenId } = toCaller(request);
      return Promise.resolve({ status: 200, body: { name, role, token_id: tokenId } });
    },
  };
}

const AUDIT_ENTRY = object({
  seq: TEXT,
  at: TIME,
  actor: TEXT,
  token_id: nullable(TEXT),
  ip: nullable(TEXT),
  request_id: nullable(TEXT),
  action: TEXT,
  object: TEXT,
  result: oneOf('ok', 'refused'),
  detail: ANY,
});

const AUDIT_EXAMPLE = {
  seq: '42',
  at: '2026-11-23T05:00:00.000001Z',
  actor: 'deploys',
  token_id: '3kT9',
  ip: '192.0.2.7',
  request_id: 'req-1',
  action: 'run.start',
  object: 'run/01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10',
  result: 'ok',
  detail: { direction: 'up' },
};
