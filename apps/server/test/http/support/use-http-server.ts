import { connect } from 'node:net';
import { BfmError, NO_FAILPOINTS } from '@bfm/core';
import { onTestFinished } from 'vitest';
import {
  createServerLog,
  type Authenticate,
  DEFAULT_GATE_LIMITS,
  DEFAULT_HTTP_LIMITS,
  Gate,
  type GateLimits,
  type GateRequest,
  type HttpLimits,
  HttpMetrics,
  NO_TRACING,
  type HttpServer,
  type HttpServerOptions,
  type Route,
  Secrets,
  startHttpServer,
} from '../../../src/index.ts';

/** Who calls these tests' servers. */
export interface TestCaller {
  readonly id: string;
  readonly mayChange: boolean;
}

const TOKENS = new Map<string, TestCaller>([
  ['admin-token', { id: 'ada', mayChange: true }],
  ['viewer-token', { id: 'vic', mayChange: false }],
]);

/** A server, what it wrote to its log, and how to call it. */
export interface TestServer {
  readonly server: HttpServer;
  readonly lines: readonly string[];
  readonly call: (path: string, init?: RequestInit) => Promise<Response>;
}

/** What a test may change. */
export type Own = Partial<Omit<HttpServerOptions<TestCaller>, 'limits'>> & {
  limits?: Partial<HttpLimits>;
  gateLimits?: Partial<GateLimits>;
  nowMs?: () => number;
};

/** Starts a server on a free port of this machine; it ends with the test. */
export async function useHttpServer(own: Own = {}): Promise<TestServer> {
  const lines: string[] = [];
  const { secrets = new Secrets(), nowMs = () => performance.now(), gateLimits, ...options } = own;
  const server = await startHttpServer<TestCaller>({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    corsOrigins: [],
    routes: [],
    trustedProxies: [],
    checks: { executor: () => Promise.resolve() },
    informative: {},
    healthDetails: () => ({ more: true }),
    isStillValid: () => Promise.resolve(true),
    metrics: new HttpMetrics(),
    tracing: NO_TRACING,
    metricsPublic: false,
    failpoints: NO_FAILPOINTS,
    secrets,
    log: createServerLog({
      level: 'info',
      levels: {},
      secrets,
      destination: { write: (line) => lines.push(line) },
    }),
    nowMs,
    ...options,
    authenticate: toGate(own.authenticate ?? authenticate, { nowMs, gateLimits }),
    limits: { ...DEFAULT_HTTP_LIMITS, ...own.limits },
  });
  onTestFinished(() => server.drain(0));
  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      ...init,
      headers: { authorization: 'Bearer admin-token', ...(init.headers as Record<string, string>) },
    });
  return { server, lines, call };
}

/** A route that gives back what it was sent. */
export function echo(own: Partial<Route<TestCaller>> = {}): Route<TestCaller> {
  return {
    method: 'POST',
    path: '/api/v1/echo',
    permission: 'change',
    schemas: {
      body: { type: 'object', properties: { name: { type: 'string' }, count: { type: 'integer' } } },
    },
    doc: { id: 'echo', summary: 'Gives back what it was sent', group: 'test' },
    v1: false,
    handler: ({ body }) => ({ status: 200, body }),
    ...own,
  };
}

/** Sends bytes as they are and gives everything that came back until the server closed. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  let got = '';
  socket.on('data', (data) => (got += data.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(got));
  return promise;
}

function toGate(
  look: Authenticate<TestCaller>,
  {
    nowMs,
    gateLimits,
  }: { readonly nowMs: () => number; readonly gateLimits: Partial<GateLimits> | undefined },
): Authenticate<TestCaller> {
  return new Gate({
    authenticate: look,
    authorise: () => Promise.resolve(),
    budgetKeyOf: ({ id }) => id,
    limits: { ...DEFAULT_GATE_LIMITS, refusalMs: 0, ...gateLimits },
    nowMs,
  }).admit;
}

async function authenticate({ token, access }: GateRequest): Promise<TestCaller> {
  await Promise.resolve();
  const caller = TOKENS.get(token);
  if (caller === undefined) throw new BfmError('auth.invalid', { message: `${token}: expired yesterday` });
  if (access === 'change' && !caller.mayChange) {
    throw new BfmError('auth.forbidden', { message: `${caller.id} may not change anything` });
  }
  return caller;
}
