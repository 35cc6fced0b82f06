import type { HttpMetrics } from './http-metrics.ts';
import type { Readiness } from './readiness.ts';
import type { Route, RouteAnswer } from './route.ts';

/** The routes that every server has: what orchestrators and Prometheus ask. They tell no version and no path. */
export function toStandardRoutes<Caller>(
  readiness: Readiness,
  metrics: HttpMetrics,
): readonly Route<Caller>[] {
  const route = (path: string, v1: boolean, handler: () => Promise<RouteAnswer>): Route<Caller> => ({
    method: 'GET',
    path,
    permission: path === '/metrics' ? 'read' : 'open',
    schemas: {},
    v1,
    handler,
  });
  const health = async (): Promise<RouteAnswer> => {
    const body = await readiness.look();
    return { status: body.status === 'healthy' ? 200 : 503, body };
  };
  return [
    route('/livez', false, () => Promise.resolve({ status: 200, body: { status: 'ok' } })),
    route('/readyz', false, async () => {
      if (readiness.stopping) return { status: 503, body: { status: 'stopping' } };
      const { status } = await readiness.look();
      return status === 'healthy'
        ? { status: 200, body: { status: 'ok' } }
        : { status: 503, body: { status: 'not ready' } };
    }),
    route('/health', true, health),
    route('/api/v1/health', true, health),
    route('/metrics', false, async () => ({
      status: 200,
      body: await metrics.registry.metrics(),
      headers: { 'content-type': metrics.registry.contentType },
    })),
  ];
}
