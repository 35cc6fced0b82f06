import { toOpenApiRoutes } from '../openapi/openapi-routes.ts';
import { BfmError } from '@bfm/core';
import type { FastifyInstance } from 'fastify';
import { addRoutes } from './add-routes.ts';
import { createFastify } from './create-fastify.ts';
import { HttpAdmission } from './http-admission.ts';
import type { HttpServerOptions } from './http-server-options.ts';
import { HttpStopping } from './http-stopping.ts';
import { type Health, Readiness } from './readiness.ts';
import type { Route } from './route.ts';
import { toStandardRoutes } from './standard-routes.ts';

/** An HTTP server that takes requests. */
export interface HttpServer {
  /** Where it listens. */
  readonly port: number;
  /** Every route that it answers, with what that asks for. */
  readonly routes: readonly Pick<
    Route<unknown>,
    'method' | 'path' | 'permission' | 'v1' | 'schemas' | 'doc'
  >[];
  /** What /health says. */
  readonly health: () => Promise<Health>;
  /**
   * Says at /readyz that it is not ready, goes on for `noticeMs`, then takes no more connections, ends streams, and lets the
   * requests that are there end. After `graceMs` they are told to (their signal is aborted), and a second later all connections
   * are cut. Resolves when none is left.
   */
  readonly drain: (graceMs: number, noticeMs?: number) => Promise<void>;
}

/**
 * Starts an HTTP server with these routes and those that every server has.
 *
 * @throws {config.invalid} it cannot listen there, or key and certificate are none, or a trusted proxy is no address
 * @throws {internal.invariant} a route does not say what it asks for, or there are two of one path and method
 */
export async function startHttpServer<Caller>(options: HttpServerOptions<Caller>): Promise<HttpServer> {
  const { checks, informative, limits, nowMs } = options;
  const readiness = new Readiness({
    checks,
    informative,
    cacheMs: limits.healthCacheMs,
    timeoutMs: limits.healthTimeoutMs,
    nowMs,
  });
  const stopping = new HttpStopping(readiness);
  const admission = new HttpAdmission(options);
  const described: readonly Route<Caller>[] = [
    ...toStandardRoutes<Caller>(readiness, options),
    ...options.routes,
  ];
  const routes = [...described, ...toOpenApiRoutes<Caller>(described)];
  const app = prepare(options);
  addRoutes(app, routes, { options, admission, stopping });
  const port = await listen(app, options);
  return {
    port,
    routes,
    health: () => readiness.look(),
    drain: (graceMs, noticeMs = 0) => stopping.within(app, { graceMs, noticeMs }),
  };
}

function prepare<Caller>(options: HttpServerOptions<Caller>): FastifyInstance {
  try {
    return createFastify(options);
  } catch (cause) {
    throw toListenError(options, cause);
  }
}

async function listen<Caller>(app: FastifyInstance, options: HttpServerOptions<Caller>): Promise<number> {
  const { host, port } = options;
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw toListenError(options, cause);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function toListenError(
  { host, port }: { readonly host: string; readonly port: number },
  cause: unknown,
): BfmError {
  return new BfmError('config.invalid', {
    message: `HTTP cannot listen at ${host}, port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
    next: 'Free the port or set another one with BFM_HTTP_PORT; with TLS, check key and certificate.',
  });
}
