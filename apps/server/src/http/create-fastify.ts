import type { Socket } from 'node:net';
import { BfmError } from '@bfm/core';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { toRequestId } from '../admission/request-id.ts';
import type { Secrets } from '../log/secrets.ts';
import { type ErrorAnswer, isInternal, toBfmError, toErrorAnswer } from './error-answer.ts';
import type { HttpServerOptions } from './http-server-options.ts';

/** A fastify with our limits and errors, and no route. */
export function createFastify<Caller>(options: HttpServerOptions<Caller>): FastifyInstance {
  const { limits, tls, log, secrets } = options;
  const node = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    // How often Node looks for requests that take too long.
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    insecureHTTPParser: false,
  };
  const shared = {
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
      toRequestId(headers['x-request-id']),
    routerOptions: { maxParamLength: 512 },
    clientErrorHandler: (error: Error & { readonly code?: string }, socket: Socket) => {
      refuseSocket(error, socket);
    },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendError(reply, toBfmError(error), { v1: isV1Path(request.url), secrets });
    },
  } as const;
  const app = (tls === null
    ? fastify({ ...shared, http: node })
    : fastify({ ...shared, https: { ...node, ...toTls(tls) } })) as unknown as FastifyInstance;
  app.server.maxHeadersCount = limits.headersMax;
  app.server.maxConnections = limits.connectionsMax;
  const errors = log('http');
  app.setErrorHandler((error, request, reply) => {
    const known = toBfmError(error);
    const { v1 = isV1Path(request.url) } = request.routeOptions.config as { readonly v1?: boolean };
    if (isInternal(known)) errors.error({ err: known, requestId: request.id }, 'a request failed');
    sendError(reply, known, { v1, secrets });
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new BfmError('request.not_found', {
      message: 'Not found',
      next: 'See /api/v1/openapi.json.',
    });
    sendError(reply, error, { v1: isV1Path(request.url), secrets });
  });
  return app;
}

/** Under this a client of BFM v1 may have got lost. */
function isV1Path(url: string): boolean {
  return url.startsWith('/api/');
}

function sendError(
  reply: FastifyReply,
  error: BfmError,
  options: { readonly v1: boolean; readonly secrets: Secrets },
): void {
  const answer: ErrorAnswer = toErrorAnswer(error, options);
  void reply
    .code(answer.status)
    .headers(answer.headers)
    .type('application/json; charset=utf-8')
    .send(answer.body);
}

function toTls(tls: NonNullable<HttpServerOptions<unknown>['tls']>): Readonly<Record<string, unknown>> {
  return {
    key: tls.key,
    cert: tls.certificate,
    minVersion: 'TLSv1.2',
    ...(tls.clientAuthority === null
      ? {}
      : { ca: tls.clientAuthority, requestCert: true, rejectUnauthorized: true }),
  };
}

/** Answers what is no HTTP, or came too slowly, as far as anybody can. */
function refuseSocket({ code }: { readonly code?: string }, socket: Socket): void {
  const status =
    code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  const body = '{"error":"The request cannot be read."}';
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}
