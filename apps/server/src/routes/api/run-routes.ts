import {
  cancelRun,
  type ControlContext,
  findRun,
  followRun,
  listRuns,
  listSteps,
  pauseRun,
  planningContext,
  presentPlanGroups,
  presentRunEvent,
  presentRunHead,
  presentStoredRun,
  presentStoredStep,
  readRunOrder,
  resumeRun,
  retryRun,
  type SentRunOrder,
  startRun,
  storedPlan,
  toOrderKey,
} from '@bfm/service';
import type { RunFilter } from '@bfm/engine';
import { BfmError } from '@bfm/core';
import { readLastEventId } from '../../http/event-stream.ts';
import type { Route, RouteRequest, ServerEvent } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { COUNT, object, oneOf, TEXT } from '../schema-parts.ts';
import { type ApiRoute, keyOf, refusal, toApiRoute } from './api-route.ts';
import { pageOf, pageQuery, readPage } from './page-query.ts';
import * as examples from './run-examples.ts';
import * as schemas from './run-schemas.ts';

const NO_RUN = refusal('run.not_found', 'there is no run 7', 'bfm run list shows the runs there are');
const STALE = refusal(
  'plan.stale',
  'the files or ledgers have changed since the plan was made; nothing was run',
  'make a new plan and have it looked at again',
);
const OVER = refusal('run.ended', 'run 7 has succeeded already', 'bfm run show 7 tells what it did');
const REUSED = refusal(
  'idempotency.in_progress',
  'the same request is being worked on',
  'send it again in a moment',
);

/** The routes of runs. */
export function toRunRoutes(control: ControlContext): readonly Route<Identity>[] {
  const routes = [toStart, toList, toOne, toRunPlan, toSteps, toEvents, toCancel, toPause, toResume, toRetry];
  return routes.map((make) => toApiRoute(make(control)));
}

function toStart(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/runs',
    permission: 'change',
    id: 'startRun',
    summary:
      'Plans what is asked for and has it run; answers at once. With an Idempotency-Key the same request again gives the same run',
    group: 'runs',
    body: { schema: schemas.RUN_ORDER, example: examples.RUN_ORDER_EXAMPLE },
    answers: { 202: { schema: schemas.RUN, example: examples.QUEUED_EXAMPLE }, 409: REUSED, 422: STALE },
    handle: async (request) => {
      const caller = toCaller(request);
      const context = planningContext(caller, control);
      const order = await readRunOrder(request.body as SentRunOrder, context);
      const idempotency = toOrderKey(
        { route: 'runs.start', key: keyOf(request), request: request.body },
        context.hasher,
      );
      const run = await startRun({ ...order, idempotency }, caller, control);
      return { status: 202, body: presentStoredRun(run), headers: { location: `/api/v1/runs/${run.id}` } };
    },
  };
}

const toCancel = toWish({
  word: 'cancel',
  id: 'cancelRun',
  summary: 'Ends a run that waits, and has a running one end soon; what was committed stays',
  use: cancelRun,
});

const toPause = toWish({
  word: 'pause',
  id: 'pauseRun',
  summary: 'Keeps a run from going on until it is resumed; a running one ends the migrations it is at',
  use: pauseRun,
});

const toResume = toWish({
  word: 'resume',
  id: 'resumeRun',
  summary: 'Lets a paused run go on',
  use: resumeRun,
});

/** What somebody wants of a run that is there. */
interface RunWish {
  readonly word: string;
  readonly id: string;
  readonly summary: string;
  readonly use: typeof cancelRun;
}

function toWish({ word, id, summary, use }: RunWish): (control: ControlContext) => ApiRoute {
  return (control) => ({
    method: 'POST',
    path: `/runs/:id/${word}`,
    permission: 'change',
    id,
    summary,
    group: 'runs',
    params: schemas.RUN_PARAMS,
    answers: {
      200: { schema: schemas.RUN_HEAD, example: examples.RUN_HEAD_EXAMPLE },
      404: NO_RUN,
      409: OVER,
    },
    handle: async (request) => {
      const run = await use(idOf(request), toCaller(request), control);
      return { status: 200, body: presentRunHead(run) };
    },
  });
}

function toRetry(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/runs/:id/retry',
    permission: 'change',
    id: 'retryRun',
    summary: 'Starts another run for what a run that is over has not done',
    group: 'runs',
    params: schemas.RUN_PARAMS,
    answers: { 202: { schema: schemas.RUN, example: examples.QUEUED_EXAMPLE }, 404: NO_RUN },
    handle: async (request) => {
      const run = await retryRun(idOf(request), toCaller(request), control);
      return { status: 202, body: presentStoredRun(run), headers: { location: `/api/v1/runs/${run.id}` } };
    },
  };
}

function toList(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/runs',
    permission: 'read',
    id: 'listRuns',
    summary: 'Lists runs, the newest first',
    group: 'runs',
    query: pageQuery({
      'status?': schemas.RUN_STATUS,
      'actor?': TEXT,
      'method?': oneOf('http', 'grpc', 'cli', 'auto'),
    }),
    answers: {
      200: {
        schema: pageOf(schemas.RUN_HEAD),
        example: { items: [examples.RUN_HEAD_EXAMPLE], next: null },
      },
    },
    handle: async ({ query }) => {
      const { status = null, actor = null, method = null } = query as Partial<RunFilter>;
      const { items, next } = await listRuns({ status, actor, method }, readPage(query), control);
      return { status: 200, body: { items: items.map(presentRunHead), next } };
    },
  };
}

function toOne(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/runs/:id',
    permission: 'read',
    id: 'getRun',
    summary: 'Tells how a run stands and what was asked for',
    group: 'runs',
    params: schemas.RUN_PARAMS,
    answers: { 200: { schema: schemas.RUN, example: examples.RUN_EXAMPLE }, 404: NO_RUN },
    handle: async (request) => ({
      status: 200,
      body: presentStoredRun(await findRun(idOf(request), control)),
    }),
  };
}

function toRunPlan(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/runs/:id/plan',
    permission: 'read',
    id: 'getRunPlan',
    summary: 'Tells the plan that a run was started with, in groups of targets that have the same steps',
    group: 'runs',
    params: schemas.RUN_PARAMS,
    answers: { 200: { schema: schemas.PLAN, example: examples.GROUPS_EXAMPLE }, 404: NO_RUN },
    handle: async (request) => {
      const run = await findRun(idOf(request), control);
      return { status: 200, body: presentPlanGroups(storedPlan(run)) };
    },
  };
}

function toSteps(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/runs/:id/steps',
    permission: 'read',
    id: 'listSteps',
    summary: 'Lists what became of the steps of a run so far, in the order of its plan',
    group: 'runs',
    params: schemas.RUN_PARAMS,
    query: pageQuery({}),
    answers: {
      200: { schema: pageOf(schemas.STEP), example: { items: [examples.STEP_EXAMPLE], next: null } },
      404: NO_RUN,
    },
    handle: async (request) => {
      const { items, next } = await listSteps(idOf(request), readPage(request.query), control);
      return { status: 200, body: { items: items.map(presentStoredStep), next } };
    },
  };
}

function toEvents(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/runs/:id/events',
    permission: 'read',
    id: 'followRun',
    summary:
      'Tells the events of a run, past and coming, until run.finished (text/event-stream); Last-Event-ID goes on behind an event',
    group: 'runs',
    params: schemas.RUN_PARAMS,
    query: object({ 'after?': { ...COUNT, minimum: 0 } }, { additionalProperties: false }),
    answers: {
      200: { schema: TEXT, example: 'id: 1\nevent: step.finished\ndata: {"seq":1}\n\n' },
      404: NO_RUN,
    },
    handle: async (request) => {
      const runId = idOf(request);
      // What is not there is said before a stream begins.
      await findRun(runId, control);
      return { events: toEventStream({ runId, afterSeq: seqOf(request), signal: request.signal }, control) };
    },
  };
}

async function* toEventStream(
  following: Parameters<typeof followRun>[0],
  control: ControlContext,
): AsyncGenerator<ServerEvent, void> {
  for await (const event of followRun(following, control)) {
    yield { id: String(event.seq), type: event.type, data: presentRunEvent(event) };
  }
}

function seqOf({ headers, query }: RouteRequest<Identity>): number {
  const { after = 0 } = query as { readonly after?: number };
  const last = readLastEventId(headers);
  if (last === null) return after;
  if (/^\d{1,15}$/.test(last)) return Number(last);
  throw new BfmError('request.invalid', {
    message: 'Last-Event-ID is no id of an event',
    next: 'leave it out to begin at the first event',
  });
}

function idOf({ params }: RouteRequest<Identity>): string {
  return (params as { readonly id: string }).id;
}
