import {
  type ControlContext,
  listStatuses,
  parseConnection,
  parseSchemaNames,
  planningContext,
  presentHistory,
  readHistory,
  resolveMigrations,
  type SentPlanOrder,
} from '@bfm/service';
import type { JsonSchema, Route } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { list, nullable, object, TEXT } from '../schema-parts.ts';
import { type ApiRoute, toApiRoute } from './api-route.ts';
import { readPage } from './page-query.ts';
import * as schemas from './run-schemas.ts';

const ANY: JsonSchema = { type: 'object' };

/** Routes that ask the ledgers themselves; what is asked for may be longer than an address can be. */
export function toLedgerRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [toStatuses, toEvents].map((make) => toApiRoute(make(control)));
}

function toStatuses(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/statuses',
    permission: 'read',
    id: 'listStatuses',
    summary:
      'Tells how targets stand like /targets, for any selection, with the faults of what is pending in them',
    group: 'places',
    body: { schema: schemas.STATUS_ORDER, example: { connections: ['organization'], schemas: ['acme'] } },
    answers: {
      200: {
        schema: object({ targets: list(ANY), faults: list(ANY), next: nullable(TEXT) }),
        example: { targets: [STATUS_EXAMPLE], faults: [], next: null },
      },
    },
    handle: async (request) => {
      const { limit, after, ...sent } = request.body as SentStatusOrder;
      const order = { sent, page: readPage(request.body), withFaults: true };
      const { body } = await listStatuses(order, toCaller(request), control);
      return { status: 200, body };
    },
  };
}

/** What is sent for statuses: what would be planned, and which part of the list. */
interface SentStatusOrder extends SentPlanOrder {
  readonly limit?: number;
  readonly after?: string;
}

/** What is sent for events of ledgers. */
interface SentEventOrder {
  readonly connections?: readonly string[];
  readonly schemas?: readonly string[];
  readonly migrations?: readonly string[];
}

function toEvents(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/ledger-events',
    permission: 'read',
    id: 'listLedgerEvents',
    summary: 'Lists what the ledgers have recorded, whoever did it, the newest first',
    group: 'records',
    body: { schema: schemas.EVENT_ORDER, example: { connections: ['organization'], limit: 20 } },
    answers: {
      200: {
        schema: object({ entries: list(ANY), next: nullable(TEXT) }),
        example: { entries: [EVENT_EXAMPLE], next: null },
      },
    },
    handle: async (request) => {
      const { connections = [], schemas: names = [], migrations = [] } = request.body as SentEventOrder;
      const { limit, after } = readPage(request.body);
      const context = planningContext(toCaller(request), control);
      const page = await readHistory(
        {
          connections: connections.map((name) => parseConnection(name, context)),
          schemas: parseSchemaNames(names, 'schemas'),
          migrations: resolveMigrations(migrations, context.catalog),
          limit,
          cursor: after,
        },
        context,
      );
      return { status: 200, body: presentHistory(page) };
    },
  };
}

const STATUS_EXAMPLE = {
  connection: 'organization',
  schema: 'acme',
  backend: 'postgresql',
  reachable: true,
  applied: 12,
  newest_version: '20250102000000',
  pending: [],
  failed: [],
  started: [],
  drift: [],
  unfinished: [],
  held_by: null,
  schema_exists: true,
  needs: null,
};

const EVENT_EXAMPLE = {
  event_id: '7',
  at: '2026-11-23T05:00:01.100000Z',
  kind: 'applied',
  migration_id: '20250102000000_create_notes_postgresql_organization',
  connection: 'organization',
  schema: 'acme',
  run_id: '01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10',
  actor: 'deploys',
  checksum: 'b1946ac92492d2347c6235b4d2611184c0d8f28f0bb1b2bd2bbd1f0a5c9c1e6f',
  duration_ms: 12,
};
