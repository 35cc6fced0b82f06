import type { HttpServerOptions } from './http-server-options.ts';
import type { Readiness } from './readiness.ts';
import type { Route, RouteAnswer, RouteDoc, RouteRequest } from './route.ts';

/** The routes that every server has: what orchestrators and Prometheus ask. They tell no version and no path. */
export function toStandardRoutes<Caller>(
  readiness: Readiness,
  { metrics, healthDetails }: Pick<HttpServerOptions<Caller>, 'metrics' | 'healthDetails'>,
): readonly Route<Caller>[] {
  const route = (path: string, doc: RouteDoc, handler: Route<Caller>['handler']): Route<Caller> => ({
    method: 'GET',
    path,
    permission: path === '/metrics' ? 'read' : 'open',
    schemas: {},
    doc,
    v1: path.endsWith('/health'),
    recognises: path.endsWith('/health'),
    handler,
  });
  const health = async ({ caller }: RouteRequest<Caller>): Promise<RouteAnswer> => {
    const { status, checks } = await readiness.look();
    const details = caller === null ? {} : { details: healthDetails() };
    return { status: status === 'healthy' ? 200 : 503, body: { status, checks, ...details } };
  };
  return [
    route('/livez', toDoc('live', 'Whether the process runs'), () =>
      Promise.resolve({ status: 200, body: { status: 'ok' } }),
    ),
    route('/readyz', toDoc('ready', 'Whether the server takes work'), async () => {
      if (readiness.stopping) return { status: 503, body: { status: 'stopping' } };
      const { status, degraded } = await readiness.look();
      return status === 'healthy'
        ? { status: 200, body: { status: degraded ? 'degraded' : 'ok' } }
        : { status: 503, body: { status: 'not ready' } };
    }),
    route('/health', toDoc('health', 'How the server is'), health),
    route('/api/v1/health', toDoc('healthV1', 'How the server is'), health),
    route('/metrics', toDoc('metrics', 'Counters for Prometheus'), async () => {
      metrics.noteHealth(await readiness.look());
      const { registry } = metrics;
      return {
        status: 200,
        body: await registry.metrics(),
        headers: { 'content-type': registry.contentType },
      };
    }),
  ];
}

function toDoc(id: string, summary: string): RouteDoc {
  return { id, summary, group: 'server' };
}
