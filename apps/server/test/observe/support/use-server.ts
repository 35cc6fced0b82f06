import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NO_FAILPOINTS } from '@bfm/core';
import { parseConfiguration, parseServerConfiguration } from '@bfm/service';
import { createTestDatabase, providedServer, until } from '@bfm/testing';
import { onTestFinished } from 'vitest';
import { type ProcessOptions, type RunningServer, startServer, startWorker } from '../../../src/index.ts';
import type { Tree } from '../../api/support/test-control.ts';

/** The admin token of these servers. */
export const ADMIN_TOKEN = 'an-admin-token-of-tests-only';

/** What a whole server of a test is made of. */
export interface UseServerOptions {
  readonly tree: Tree;
  /** Connections, all to a database of the test. @default core */
  readonly connections?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Another server's. @default one of its own */
  readonly databaseUrl?: string;
}

/** A server as `bfm serve` starts it, in this process. */
export interface WholeServer extends RunningServer {
  readonly url: string;
  readonly sfm: string;
  /** Of targets and state. */
  readonly databaseUrl: string;
  /** The log so far, a line each. */
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
  /** Behind the address of the server, with the admin's token unless told otherwise. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** What /metrics tells, a line each. */
  readonly metrics: () => Promise<readonly string[]>;
  /** Starts a run of what is pending in schemas, and waits for its end. @returns the run */
  readonly run: (
    order: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

/** Starts one with a database of its own; it ends with the test. */
export async function useServer(options: UseServerOptions): Promise<WholeServer> {
  const db =
    options.databaseUrl === undefined ? await createTestDatabase(providedServer(18), 'observe') : null;
  const databaseUrl = db?.url ?? options.databaseUrl ?? '';
  const { lines, ...processOptions } = await toProcessOptions(databaseUrl, options);
  const server = await startServer(processOptions);
  onTestFinished(async () => {
    await server.drain(0);
    await db?.drop();
  });
  const { sfm } = processOptions;
  return { ...server, ...toFaces(server.httpPort), sfm, databaseUrl, lines: () => lines.map(readLine) };
}

/** Starts a worker over the database of a server; it ends with the test. */
export async function useWorker(
  options: UseServerOptions & { readonly databaseUrl: string },
): Promise<Pick<WholeServer, 'url' | 'fetch' | 'metrics'>> {
  const worker = await startWorker(await toProcessOptions(options.databaseUrl, options));
  onTestFinished(() => worker.drain(0));
  return toFaces(worker.httpPort ?? 0);
}

/** What a process is started with; the folder of migrations is gone with the test. */
async function toProcessOptions(
  databaseUrl: string,
  { tree, connections = ['core'], environment = {} }: UseServerOptions,
): Promise<ProcessOptions & { readonly lines: readonly string[] }> {
  const sfm = await mkdtemp(join(tmpdir(), 'bfm-observe-'));
  onTestFinished(() => rm(sfm, { recursive: true }));
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(sfm, path)), { recursive: true });
    await writeFile(join(sfm, path), text);
  }
  const lines: string[] = [];
  const sources = toSources({
    BFM_STATE_URL: databaseUrl,
    BFM_HTTP_PORT: '0',
    BFM_GRPC_PORT: '0',
    BFM_API_TOKEN: ADMIN_TOKEN,
    ...Object.fromEntries(
      connections.flatMap((name) => [
        [`${name.toUpperCase()}_BACKEND`, 'postgresql'],
        [`${name.toUpperCase()}_URL`, databaseUrl],
      ]),
    ),
    ...environment,
  });
  return {
    configuration: parseConfiguration(sources),
    server: parseServerConfiguration(sources),
    sfm,
    startedBy: null,
    clockOffsetMs: 0,
    failpoints: NO_FAILPOINTS,
    logTo: (line) => void lines.push(line),
    tell: () => undefined,
    lines,
  };
}

function toSources(environment: Readonly<Record<string, string>>): Parameters<typeof parseConfiguration>[0] {
  return { environment, document: null, readFile: () => ({ ok: false, reason: 'no file' }) };
}

function readLine(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}

function toFaces(port: number): Pick<WholeServer, 'url' | 'fetch' | 'metrics' | 'run'> {
  const url = `http://127.0.0.1:${port}`;
  const call: WholeServer['fetch'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(init.headers as Record<string, string>) },
    });
  return {
    url,
    fetch: call,
    metrics: async () => (await (await call('/metrics')).text()).split('\n'),
    run: async (order, headers = {}) => {
      const started = await call('/api/v1/runs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(order),
      });
      if (started.status !== 202) throw new Error(await started.text());
      const { id } = (await started.json()) as { readonly id: string };
      return until(
        async () => {
          const run = (await (await call(`/api/v1/runs/${id}`)).json()) as Readonly<Record<string, unknown>>;
          return run['finished_at'] !== null && run['finished_at'] !== undefined ? run : null;
        },
        { what: 'the run to end' },
      );
    },
  };
}
