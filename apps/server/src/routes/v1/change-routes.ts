import {
  type ControlContext,
  downV1,
  orderV1,
  readV1Target,
  reindexV1,
  rollbackV1,
  upV1,
  type V1Ask,
  type V1RunAnswer,
  type V1SentTarget,
} from '@bfm/service';
import type { Route, RouteAnswer, RouteRequest } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { V1_ERROR } from '../schema-parts.ts';
import * as examples from './v1-examples.ts';
import * as schemas from './v1-schemas.ts';

/** Statuses of the v1 wire by what came of a run. */
const STATUS = { done: 200, partial: 206, busy: 409 } as const;
const ROLLBACK_STATUS = { done: 200, failed: 200, nothing: 400, busy: 409 } as const;

interface SentUp {
  readonly target?: V1SentTarget | null;
  readonly connection: string;
  readonly schemas?: readonly string[] | null;
  readonly dry_run?: boolean | null;
  readonly ignore_dependencies?: boolean | null;
}

type SentDown = Omit<SentUp, 'target' | 'connection'> & { readonly migration_id: string };

/** The routes of BFM v1 that change something, or say in which order that would be done. */
export function toV1ChangeRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [toUp(control), toDown(control), toRollback(control), toReindex(control), toOrder(control)];
}

function toUp(control: ControlContext): Route<Identity> {
  return {
    method: 'POST',
    path: '/api/v1/migrations/up',
    permission: 'change',
    v1: true,
    schemas: { body: schemas.UP_BODY, answers: RUN_ANSWERS },
    doc: {
      id: 'migrateUp',
      summary: 'Applies what a target selects, and waits for the end',
      group: 'migrations',
      bodyExample: examples.UP_BODY_EXAMPLE,
      answerExamples: RUN_EXAMPLES,
    },
    handler: async (request) => {
      const sent = request.body as SentUp;
      const { target = null, connection } = sent;
      const asked = { target: target === null ? null : readV1Target(target), connection, ...toChoices(sent) };
      return toAnswer(await upV1(asked, toAsk(request), control));
    },
  };
}

function toDown(control: ControlContext): Route<Identity> {
  return {
    method: 'POST',
    path: '/api/v1/migrations/down',
    permission: 'change',
    v1: true,
    schemas: { body: schemas.DOWN_BODY, answers: { ...RUN_ANSWERS, 404: V1_ERROR } },
    doc: {
      id: 'migrateDown',
      summary: 'Rolls one migration back, and waits for the end',
      group: 'migrations',
      bodyExample: examples.DOWN_BODY_EXAMPLE,
      answerExamples: { ...RUN_EXAMPLES, 404: examples.V1_ERROR_EXAMPLE },
    },
    handler: async (request) => {
      const sent = request.body as SentDown;
      const asked = { migrationId: sent.migration_id, ...toChoices(sent) };
      return toAnswer(await downV1(asked, toAsk(request), control));
    },
  };
}

function toRollback(control: ControlContext): Route<Identity> {
  const { ROLLBACK_ANSWER: answer } = schemas;
  return {
    method: 'POST',
    path: '/api/v1/migrations/:id/rollback',
    permission: 'change',
    v1: true,
    badBody: 'ignore',
    schemas: {
      params: schemas.ID_PARAMS,
      body: schemas.ROLLBACK_BODY,
      answers: { 200: answer, 400: answer, 404: V1_ERROR, 409: answer },
    },
    doc: {
      id: 'rollbackMigration',
      summary: 'Rolls one migration back, and waits for the end',
      group: 'migrations',
      bodyExample: examples.ROLLBACK_BODY_EXAMPLE,
      answerExamples: {
        200: examples.ROLLBACK_EXAMPLE,
        400: examples.NOT_APPLIED_EXAMPLE,
        404: examples.V1_ERROR_EXAMPLE,
        409: examples.ROLLBACK_BUSY_EXAMPLE,
      },
    },
    handler: async (request) => {
      const { id } = request.params as { readonly id: string };
      const body = request.body as Pick<SentUp, 'schemas'> | undefined;
      const asked = { migrationId: id, schemas: body?.schemas ?? [] };
      const { verdict, body: said } = await rollbackV1(asked, toAsk(request), control);
      return { status: ROLLBACK_STATUS[verdict], body: said };
    },
  };
}

function toReindex(control: ControlContext): Route<Identity> {
  return {
    method: 'POST',
    path: '/api/v1/migrations/reindex',
    permission: 'change',
    v1: true,
    schemas: { answers: { 200: schemas.REINDEX_ANSWER } },
    doc: {
      id: 'reindexMigrations',
      summary: 'Reads the folder of migrations again; forgets nothing',
      group: 'migrations',
      answerExamples: { 200: examples.REINDEX_EXAMPLE },
    },
    handler: async (request) => ({ status: 200, body: await reindexV1(toCaller(request), control) }),
  };
}

function toOrder(control: ControlContext): Route<Identity> {
  return {
    method: 'POST',
    path: '/api/v1/migrations/order-batch',
    permission: 'read',
    v1: true,
    schemas: { body: schemas.ORDER_BODY, answers: { 200: schemas.ORDER_ANSWER, 400: V1_ERROR } },
    doc: {
      id: 'orderMigrations',
      summary: 'Puts migrations in the order in which they run',
      group: 'migrations',
      bodyExample: examples.ORDER_BODY_EXAMPLE,
      answerExamples: { 200: examples.ORDER_EXAMPLE, 400: examples.V1_ERROR_EXAMPLE },
    },
    handler: ({ body }) => {
      const sent = body as { readonly migration_ids: readonly string[]; readonly connection: string };
      const asked = { migrationIds: sent.migration_ids, connection: sent.connection };
      return { status: 200, body: orderV1(asked, control) };
    },
  };
}

const RUN_ANSWERS = {
  200: schemas.RUN_ANSWER,
  206: schemas.RUN_ANSWER,
  400: V1_ERROR,
  409: schemas.RUN_ANSWER,
};

const RUN_EXAMPLES = {
  200: examples.RUN_EXAMPLE,
  206: examples.PARTIAL_EXAMPLE,
  400: examples.V1_ERROR_EXAMPLE,
  409: examples.BUSY_EXAMPLE,
};

function toChoices({ schemas: named, dry_run: dryRun, ignore_dependencies: ignore }: Partial<SentUp>): {
  readonly schemas: readonly string[];
  readonly dryRun: boolean;
  readonly ignoreDependencies: boolean;
} {
  return { schemas: named ?? [], dryRun: dryRun ?? false, ignoreDependencies: ignore ?? false };
}

function toAnswer({ verdict, body }: V1RunAnswer): RouteAnswer {
  return { status: STATUS[verdict], body };
}

function toAsk(request: RouteRequest<Identity>): V1Ask {
  const key = request.headers['idempotency-key'];
  return { caller: toCaller(request), signal: request.signal, key: typeof key === 'string' ? key : null };
}
