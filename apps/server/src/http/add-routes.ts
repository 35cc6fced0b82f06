import { Readable } from 'node:stream';
import { BfmError } from '@bfm/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { watchToken } from '../admission/token-watch.ts';
import { toCorsHeaders } from './cors.ts';
import { toBfmError, toMediaTypeError } from './error-answer.ts';
import { toEventStream } from './event-stream.ts';
import type { HttpAdmission } from './http-admission.ts';
import type { AnsweredRequest } from '../metrics/http-metrics.ts';
import type { HttpServerOptions } from './http-server-options.ts';
import type { HttpStopping } from './http-stopping.ts';
import { isFromThisMachine } from './metrics-access.ts';
import { toRequestActor } from './request-actor.ts';
import type { Route, RouteAnswer, ServerEvent } from './route.ts';
import { createRequestChecks, type RequestCheck } from './route-schemas.ts';
import { readTraceParent } from '../tracing/trace-parent.ts';
import { NO_SPAN, type RequestSpan, type Tracing } from '../tracing/tracing.ts';
import { isForbiddenKey, parseStrictJson } from './strict-json.ts';

/** What routes need round them. */
export interface Surroundings<Caller> {
  readonly options: HttpServerOptions<Caller>;
  readonly admission: HttpAdmission<Caller>;
  readonly stopping: HttpStopping;
}

/** What fastify keeps for us with a route. */
type RouteConfig = Partial<Pick<Route<unknown>, 'permission' | 'v1' | 'badBody' | 'recognises'>>;

interface Open<Caller> {
  readonly controller: AbortController;
  readonly beganMs: number;
  readonly count: (answered: AnsweredRequest) => void;
  caller: Caller | null;
  readonly span: RequestSpan;
  /** Of the error that it was answered with; `null`: none. */
  code: string | null;
}

/**
 * Gives a fastify its routes, and the hooks that stand before all of them.
 *
 * @throws {internal.invariant} a route does not say what it asks for, or there are two of one path and method
 */
export function addRoutes<Caller>(
  app: FastifyInstance,
  routes: readonly Route<Caller>[],
  around: Surroundings<Caller>,
): void {
  const open = new WeakMap<FastifyRequest, Open<Caller>>();
  addHooks(app, around, open);
  addJsonParser(app, around.options.limits.bodyDepthMax);
  const toCheck = createRequestChecks();
  for (const route of routes) {
    if (!['open', 'read', 'change'].includes(route.permission)) {
      throw new BfmError('internal.invariant', {
        message: `${route.method} ${route.path} does not say what it asks for.`,
      });
    }
    const check = toCheck(route.schemas, route.v1);
    const { method, path, permission, v1, badBody = 'refuse', recognises = false } = route;
    app.route({
      method,
      url: path,
      config: { permission, v1, badBody, recognises } satisfies RouteConfig,
      handler: async (request, reply) => {
        const known = open.get(request);
        if (known === undefined) throw new BfmError('internal.invariant', { message: 'Nobody let it in.' });
        const answer = await route.handler(toRouteRequest(request, { route, known, check }));
        return send(reply, answer, { known, around });
      },
    });
  }
}

function addHooks<Caller>(
  app: FastifyInstance,
  { options, admission, stopping }: Surroundings<Caller>,
  open: WeakMap<FastifyRequest, Open<Caller>>,
): void {
  const log = options.log('http');
  app.addHook('onRequest', async (request, reply) => {
    const known: Open<Caller> = {
      controller: stopping.begin(),
      beganMs: options.nowMs(),
      count: options.metrics.begin(),
      caller: null,
      code: null,
      span: beginSpan(request, options.tracing),
    };
    open.set(request, known);
    reply.raw.once('close', () => {
      stopping.end(known.controller);
      if (!reply.raw.writableFinished) known.controller.abort(new Error('The client is gone.'));
      const seconds = (options.nowMs() - known.beganMs) / 1_000;
      const answered = { ...toNames(request), status: reply.raw.statusCode, seconds };
      known.count(answered);
      known.span.end({ 'http.response.status_code': answered.status }, answered.status >= 500);
      const code = known.code === null ? {} : { code: known.code };
      log.info({ requestId: request.id, address: request.ip, ...answered, ...code }, 'answered');
    });
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...toCorsHeaders(options.corsOrigins, request.headers.origin),
    });
    if (request.method === 'OPTIONS') return reply.code(204).send();
    if (request.is404) return undefined;
    known.caller = await letIn(request, options, admission);
    return undefined;
  });
  app.addHook('onError', (request, _reply, error) => {
    const known = open.get(request);
    if (known !== undefined) known.code = toBfmError(error).code;
    return Promise.resolve();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    const { permission } = request.routeOptions.config as RouteConfig;
    if (permission === 'change') options.failpoints.pass('response.sent');
    done();
  });
}

function letIn<Caller>(
  request: FastifyRequest,
  { metricsPublic, limits }: HttpServerOptions<Caller>,
  admission: HttpAdmission<Caller>,
): Promise<Caller | null> {
  const stranger = {
    access: accessOf(request, metricsPublic),
    method: `${request.method} ${request.routeOptions.url ?? ''}`,
    peer: request.ip,
    requestId: request.id,
    authorization: request.raw.headersDistinct['authorization'] ?? [],
  };
  const { recognises = false } = request.routeOptions.config as RouteConfig;
  return recognises ? admission.recognise(stranger, limits.healthTimeoutMs) : admission.admit(stranger);
}

/** What orchestrators and Prometheus ask all the time is not worth a trace. */
function beginSpan(request: FastifyRequest, tracing: Pick<Tracing, 'begin'>): RequestSpan {
  const { method, route } = toNames(request);
  const { permission = 'open' } = request.routeOptions.config as RouteConfig;
  if (permission === 'open' || route === '/metrics') return NO_SPAN;
  return tracing.begin({
    name: `${method} ${route}`,
    parent: readTraceParent(request.headers['traceparent']),
    attributes: { 'http.request.method': method, 'http.route': route, 'bfm.request.id': request.id },
  });
}

function toNames(request: FastifyRequest): { readonly method: string; readonly route: string } {
  return { method: request.method, route: request.is404 ? 'none' : (request.routeOptions.url ?? 'none') };
}

function accessOf(request: FastifyRequest, metricsPublic: boolean): Route<unknown>['permission'] | undefined {
  const { permission } = request.routeOptions.config as RouteConfig;
  const isMetrics = request.routeOptions.url === '/metrics';
  return isMetrics && (metricsPublic || isFromThisMachine(request.raw)) ? 'open' : permission;
}

/** Reads every body as JSON: BFM v1 never looked at the content type, and curl says it is a form. */
function addJsonParser(app: FastifyInstance, depthMax: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const { v1 = false, badBody } = request.routeOptions.config as RouteConfig;
    try {
      if (body.length === 0) {
        done(null, undefined);
        return;
      }
      if (!v1 && !/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
        throw toMediaTypeError();
      }
      if (request.headers['content-encoding'] !== undefined) throw toMediaTypeError();
      done(null, parseStrictJson(body, depthMax));
    } catch (error) {
      if (badBody === 'ignore') done(null, undefined);
      else done(error as Error);
    }
  });
}

function toRouteRequest<Caller>(
  request: FastifyRequest,
  {
    route,
    known,
    check,
  }: { readonly route: Route<Caller>; readonly known: Open<Caller>; readonly check: RequestCheck },
): Parameters<Route<Caller>['handler']>[0] {
  const { params, query } = request;
  const body = request.body ?? undefined;
  for (const key of Object.keys(query as object)) {
    if (isForbiddenKey(key)) throw refuse(`The parameter ${key} is not allowed.`);
  }
  const missing = body === undefined && route.schemas.body !== undefined;
  if (missing && route.badBody !== 'ignore') throw refuse('The request has no body.');
  check(missing ? { params, query, body: {} } : { params, query, body });
  return {
    caller: known.caller,
    actor: toRequestActor(request.headers),
    requestId: request.id,
    address: request.ip,
    method: request.method,
    endpoint: route.path,
    path: request.url.split('?', 1)[0] ?? '',
    params,
    query,
    body,
    headers: request.headers,
    traceparent: known.span.traceparent,
    signal: known.controller.signal,
  };
}

function refuse(message: string): BfmError {
  return new BfmError('request.invalid', { message, next: 'Mend the request and send it again.' });
}

function send<Caller>(
  reply: FastifyReply,
  answer: RouteAnswer,
  { known, around }: { readonly known: Open<Caller>; readonly around: Surroundings<Caller> },
): FastifyReply {
  // Begins with the answer: until then it is the handler that takes its time.
  reply.raw.setTimeout(around.options.limits.stalledMs, () => reply.raw.destroy());
  if ('events' in answer) return sendEvents(reply, answer.events, { known, around });
  const { status, body, headers = {} } = answer;
  void reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  if (typeof body === 'string' || body instanceof Uint8Array) return reply.send(body);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function sendEvents<Caller>(
  reply: FastifyReply,
  events: AsyncIterable<ServerEvent>,
  { known, around }: { readonly known: Open<Caller>; readonly around: Surroundings<Caller> },
): FastifyReply {
  const { controller, caller } = known;
  around.stopping.toStream(controller);
  if (caller !== null) {
    const watch = watchToken(caller, around.options.isStillValid, (reason) => controller.abort(reason));
    reply.raw.once('close', () => watch[Symbol.dispose]());
  }
  const { heartbeatMs } = around.options.limits;
  const texts = toEventStream(events, { heartbeatMs, signal: controller.signal });
  return reply
    .code(200)
    .headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
    .send(Readable.from(texts, { objectMode: false }));
}
