import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@bfm/testing';
import { expect, test } from 'vitest';
import { idOf, table } from '../api/support/trees.ts';
import { useClient } from '../grpc/support/use-client.ts';
import { type Collector, type ReceivedSpan, useCollector } from './support/use-collector.ts';
import { ADMIN_TOKEN, useServer } from './support/use-server.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const CANARY = 'c4n4ry-in-sql';
const TREE = {
  ...table(1, 'orders', { up: `CREATE TABLE orders (id text DEFAULT '${CANARY}');` }),
  ...table(2, 'broken', { up: `SELECT '${CANARY}'::int;` }),
};

/** What came of one trace, once the span of its run is there. */
async function traceOf(collector: Collector, traceId: string): Promise<readonly ReceivedSpan[]> {
  return until(
    () => {
      const spans = collector.spans().filter((span) => span.traceId === traceId);
      return spans.some(({ name }) => name === 'run') &&
        spans.some(({ parentSpanId }) => parentSpanId === PARENT.slice(36, 52))
        ? spans
        : null;
    },
    { what: 'the spans to come' },
  );
}

/** Each span as its name under those above it. */
function pathsOf(spans: readonly ReceivedSpan[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = ({ name, parentSpanId }: ReceivedSpan): string => {
    const parent = byId.get(parentSpanId);
    return parent === undefined ? name : `${pathOf(parent)} > ${name}`;
  };
  return spans.map(pathOf).sort();
}

test('a trace leads from the request over the queue to the run, its targets and their migrations', async () => {
  const collector = await useCollector();
  const OTLP = { BFM_OTLP_ENDPOINT: collector.url, BFM_OTLP_HEADERS: 'api-key=a-key-of-the-collector' };
  const front = await useServer({
    tree: TREE,
    environment: { ...OTLP, BFM_SERVER_WORKER: 'false', OTEL_SERVICE_NAME: 'front' },
  });
  await useServer({
    tree: TREE,
    databaseUrl: front.databaseUrl,
    environment: { ...OTLP, OTEL_SERVICE_NAME: 'back' },
  });
  const run = await front.run({ connections: ['core'], schemas: ['tenant_a'] }, { traceparent: PARENT });
  expect(run['status']).toBe('failed');
  const spans = await traceOf(collector, TRACE);

  expect(pathsOf(spans)).toEqual([
    'POST /api/v1/runs',
    'POST /api/v1/runs > run',
    'POST /api/v1/runs > run > target',
    'POST /api/v1/runs > run > target > migration',
    'POST /api/v1/runs > run > target > migration',
  ]);
  const [request, taken, target, ...migrations] = ['POST /api/v1/runs', 'run', 'target', 'migration'].flatMap(
    (name) => spans.filter((span) => span.name === name),
  );
  expect(request).toMatchObject({
    service: 'front',
    failed: false,
    attributes: { 'http.route': '/api/v1/runs', 'http.response.status_code': 202 },
  });
  expect(taken).toMatchObject({
    service: 'back',
    failed: true,
    attributes: { 'bfm.run.id': run['id'], 'bfm.run.status': 'failed', 'bfm.run.end': 'ended' },
  });
  expect(target?.attributes).toMatchObject({ 'bfm.connection': 'core', 'bfm.schema': 'tenant_a' });
  const outcomes = migrations.map(({ attributes, failed }) => ({
    id: attributes['bfm.migration.id'],
    outcome: attributes['bfm.outcome'],
    failed,
  }));
  expect(outcomes).toContainEqual({ id: idOf(1, 'orders'), outcome: 'applied', failed: false });
  expect(outcomes).toContainEqual({ id: idOf(2, 'broken'), outcome: 'failed', failed: true });
  expect(collector.text()).not.toContain(CANARY);
  expect(collector.text()).not.toContain(ADMIN_TOKEN);
  expect(collector.headers('api-key')).toContain('a-key-of-the-collector');
});

test('gRPC takes a traceparent in its metadata', async () => {
  const collector = await useCollector();
  const server = await useServer({ tree: TREE, environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const client = useClient(server.grpcPort, { token: ADMIN_TOKEN, metadata: { traceparent: PARENT } });
  const messages = client.stream({ target: { connection: 'core' }, connection: 'core', schema: 'tenant_a' });
  await messages.toArray();
  const spans = await traceOf(collector, TRACE);
  expect(pathsOf(spans)).toContain('migration.MigrationService/StreamMigrate > run > target > migration');
});

test('what is no traceparent begins a trace of its own, and one that is not sampled is not told', async () => {
  const collector = await useCollector();
  const server = await useServer({ tree: TREE, environment: { BFM_OTLP_ENDPOINT: collector.url } });
  const ask = async (path: string, traceparent: string): Promise<void> => {
    expect((await server.fetch(path, { headers: { traceparent } })).status).toBe(200);
  };
  await ask('/api/v1/connections', PARENT.replace(/01$/, '00'));
  await ask('/health', PARENT);
  await ask('/api/v1/runs', 'nonsense; DROP TABLE');
  const spans = await until(() => (collector.spans().length > 0 ? collector.spans() : null), {
    what: 'a span to come',
  });
  expect(spans).toMatchObject([{ name: 'GET /api/v1/runs', parentSpanId: '' }]);
});

test('a collector that is not there holds up nobody, and is told of in the log', async () => {
  const server = await useServer({ tree: TREE, environment: { BFM_OTLP_ENDPOINT: 'http://127.0.0.1:1' } });
  const run = await server.run({ connections: ['core'], schemas: ['tenant_a'] });
  expect(run['status']).toBe('failed');
  await until(
    () => server.lines().some(({ module, msg }) => module === 'traces' && msg === 'traces could not be sent'),
    {
      what: 'the log to tell',
    },
  );
  const began = performance.now();
  await server.drain(0);
  expect(performance.now() - began).toBeLessThan(10_000);
});

// What has only types and empty shells, @opentelemetry/api, is loaded by prom-client in any case.
test('without an address nothing of OpenTelemetry is loaded', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => { const found = next(name, context); loaded.push(found.url); return found; } });
    await import('./apps/server/src/index.ts');
    console.log(JSON.stringify({ all: loaded.length, own: loaded.filter((url) => /@opentelemetry.(?!api.)/.test(url)) }));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
  });
  const { all, own } = JSON.parse(stdout) as { readonly all: number; readonly own: readonly string[] };
  expect(all).toBeGreaterThan(100);
  expect(own).toEqual([]);
});
