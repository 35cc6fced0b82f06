import { syncMigrations } from '@bfm/service';
import type { PostgresMajor } from '@bfm/testing';
import { BfmError, NO_FAILPOINTS } from '@bfm/core';
import { onTestFinished } from 'vitest';
import {
  type Authenticate,
  createServerLog,
  DEFAULT_GATE_LIMITS,
  DEFAULT_GRPC_LIMITS,
  DEFAULT_HTTP_LIMITS,
  Gate,
  HttpMetrics,
  NO_TRACING,
  type HttpServer,
  type Identity,
  Secrets,
  startGrpcServer,
  startHttpServer,
  toApiRoutes,
  toMigrationProcedures,
} from '../../../src/index.ts';
import { useClient } from '../../grpc/support/use-client.ts';
import { openTestControl, type TestControl, type Tree } from './test-control.ts';

const TOKENS: ReadonlyMap<string, Identity> = new Map([
  ['admin-token', { name: 'ada', tokenId: 'tokenada', role: 'admin' }],
  ['viewer-token', { name: 'vic', tokenId: 'tokenvic', role: 'viewer' }],
]);

/** Tests ask faster than people. */
const NO_LIMIT = { perSecond: 1e6, burst: 1e6 };

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Behind /api/v1. */
export type CallRequest = readonly [method: string, path: string, body?: unknown, init?: RequestInit];

/** A server with both wires over a real state and real targets, for one test. */
export interface Api extends Omit<TestControl, typeof Symbol.asyncDispose> {
  readonly http: HttpServer;
  readonly url: string;
  readonly call: (...request: CallRequest) => Promise<Answer>;
  readonly grpc: ReturnType<typeof useClient>;
  readonly grpcPort: number;
}

/** What a test may say of its server. */
export interface UseApiOptions {
  readonly connections?: readonly string[];
  readonly major?: PostgresMajor;
  readonly lockWaitMs?: number;
}

/** Starts a server; it ends with the test. */
export async function useApi(tree: Tree, options: UseApiOptions = {}): Promise<Api> {
  const { connections = ['core'], major = 18, lockWaitMs = 5_000 } = options;
  const world = await openTestControl({ tree, connections, major, lockWaitMs });
  const { control, state, sfm } = world;
  await seed(world);
  const gate = new Gate<Identity>({
    authenticate,
    authorise: () => Promise.resolve(),
    budgetKeyOf: ({ tokenId }) => tokenId ?? '',
    limits: { ...DEFAULT_GATE_LIMITS, refusalMs: 0, failureBudget: NO_LIMIT, tokenBudget: NO_LIMIT },
    nowMs: () => performance.now(),
  });
  const secrets = new Secrets();
  const http = await startHttpServer<Identity>({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    corsOrigins: [],
    trustedProxies: [],
    routes: toApiRoutes(control),
    authenticate: gate.admit,
    isStillValid: () => Promise.resolve(true),
    checks: { executor: () => state.check() },
    informative: {},
    healthDetails: () => ({}),
    metrics: new HttpMetrics(),
    tracing: NO_TRACING,
    metricsPublic: false,
    failpoints: NO_FAILPOINTS,
    secrets,
    log: createServerLog({ level: 'silent', levels: {}, secrets, destination: null }),
    nowMs: () => performance.now(),
    limits: DEFAULT_HTTP_LIMITS,
  });
  const grpc = await startGrpcServer<Identity>({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits: DEFAULT_GRPC_LIMITS,
    reflection: false,
    watchers: [],
    scrub: (text) => text,
    traceparentOf: () => null,
    procedures: toMigrationProcedures(control, { sfm, health: http.health }),
    authenticate: gate.admit,
    isStillValid: () => Promise.resolve(true),
    report: () => undefined,
  });
  onTestFinished(async () => {
    await Promise.all([http.drain(0), grpc.drain(0)]);
    await world[Symbol.asyncDispose]();
  });
  const url = `http://127.0.0.1:${http.port}`;
  return {
    ...world,
    http,
    url,
    call: (...[method, path, body, init]) => send(url, { method, path, body, init }),
    grpc: useClient(grpc.port),
    grpcPort: grpc.port,
  };
}

/** As a server does when it starts. */
async function seed({ control, state }: TestControl): Promise<void> {
  const actor = { name: 'test', tokenId: null, ip: null, requestId: null };
  const action = { action: 'migrations.reindex', object: 'migrations', result: 'ok', detail: {} } as const;
  await state.write(actor, action, (writes) => syncMigrations(control.catalogs.current(), writes));
}

const authenticate: Authenticate<Identity> = async ({ token, access }) => {
  await Promise.resolve();
  const caller = TOKENS.get(token);
  if (caller === undefined) throw new BfmError('auth.invalid', { message: 'no' });
  if (access === 'change' && caller.role !== 'admin') throw new BfmError('auth.forbidden', { message: 'no' });
  return caller;
};

interface Sending {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly init: RequestInit | undefined;
}

async function send(url: string, { method, path, body, init = {} }: Sending): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...init,
    headers: {
      authorization: 'Bearer admin-token',
      'content-type': 'application/json',
      ...(init.headers as Record<string, string>),
    },
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
}
