import { until } from '@bfm/testing';
import { onTestFinished } from 'vitest';
import { startBfm, type BfmLimits, type BfmProcess } from './bfm.ts';

/** The admin token of servers of tests. */
export const SERVER_TOKEN = 'a-token-of-tests-and-of-nobody-else';

/** A `bfm serve` that listens. */
export interface BfmServerProcess extends BfmProcess {
  readonly grpcPort: number;
  /** Where it is, for clients. */
  readonly url: string;
  /** Calls its API as an admin. */
  readonly call: (path: string, init?: RequestInit) => Promise<Response>;
  /** Has everything of connection `tenant` applied in schemas. */
  readonly up: (schemas: readonly string[], headers?: Readonly<Record<string, string>>) => Promise<Response>;
}

/** Starts a built `bfm serve` on free ports; it ends with the test. */
export async function startBfmServer(
  sfm: string,
  environment: Readonly<Record<string, string>>,
  limits: BfmLimits = {},
): Promise<BfmServerProcess> {
  const settings = {
    BFM_HTTP_PORT: '0',
    BFM_GRPC_PORT: '0',
    BFM_API_TOKEN: SERVER_TOKEN,
    ...environment,
  };
  const server = startBfm(['serve', '--sfm', sfm], settings, limits);
  onTestFinished(() => void server.child.kill('SIGKILL'));
  const portOf = (): string | undefined => /"http":(\d+)/.exec(server.said())?.[1];
  await until(() => Promise.resolve(portOf() !== undefined || hasEnded(server)), {
    what: 'the server to listen',
    timeoutMs: 30_000,
  });
  const port = portOf();
  if (port === undefined) throw new Error(`bfm serve has ended: ${server.said()}`);
  const url = `http://127.0.0.1:${port}`;
  const call: BfmServerProcess['call'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${SERVER_TOKEN}`, ...(init.headers as Record<string, string>) },
    });
  return {
    ...server,
    grpcPort: Number(/"grpc":(\d+)/.exec(server.said())?.[1]),
    url,
    call,
    up: (schemas, headers = {}) =>
      call('/api/v1/migrations/up', {
        method: 'POST',
        headers,
        body: JSON.stringify({ target: { connection: 'tenant' }, connection: 'tenant', schemas }),
      }),
  };
}

/** Tells whether a process is gone. */
export function hasEnded({ child }: BfmProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
