import { BfmError } from '@bfm/core';
import { onTestFinished } from 'vitest';
import {
  DEFAULT_GRPC_LIMITS,
  type GateRequest,
  type GrpcServer,
  type GrpcServerOptions,
  startGrpcServer,
} from '../../../src/index.ts';
import { type TestCaller, toTestProcedures } from './procedures.ts';

/** The tokens that these tests' servers accept. */
const TOKENS: Readonly<Record<string, TestCaller>> = {
  'admin-token': { name: 'ada', mayChange: true },
  'viewer-token': { name: 'vic', mayChange: false },
};

/** A server and what it said in its log. */
export interface TestServer {
  readonly server: GrpcServer;
  readonly faults: readonly unknown[];
}

/** Starts a server on a free port of this machine; it ends with the test. */
export async function useGrpcServer(own: Partial<GrpcServerOptions<TestCaller>> = {}): Promise<TestServer> {
  const faults: unknown[] = [];
  const server = await startGrpcServer<TestCaller>({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits: DEFAULT_GRPC_LIMITS,
    reflection: false,
    watchers: [],
    scrub: (text) => text,
    traceparentOf: () => null,
    procedures: toTestProcedures(),
    authenticate,
    isStillValid: () => Promise.resolve(true),
    report: (error) => faults.push(error),
    ...own,
  });
  onTestFinished(() => server.drain(0));
  return { server, faults };
}

/** Knows the tokens, and refuses what they may not do. */
async function authenticate({ token, access }: GateRequest): Promise<TestCaller> {
  await Promise.resolve();
  const caller = TOKENS[token];
  if (caller === undefined) throw new BfmError('auth.invalid', { message: 'invalid API token', next: 'x' });
  if (access === 'change' && !caller.mayChange) {
    throw new BfmError('auth.forbidden', { message: `${caller.name} may not change anything`, next: 'x' });
  }
  return caller;
}
