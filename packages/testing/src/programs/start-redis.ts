import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';
import type { DebianProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import { ownProgram } from './own-program.ts';

const REDIS: DebianProgram = {
  service: 'Redis',
  program: 'redis-server',
  folder: 'usr/bin',
  // The server is a link to a program of the tools.
  packages: ['redis-server', 'redis-tools'],
  variable: 'BFM_TEST_REDIS',
};

/** How a Redis is set up. */
export interface RedisOptions {
  /** @default none */
  readonly password?: string;
}

/** A Redis that keeps nothing on disk. */
export interface Redis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the server; changes when it is started again. */
  readonly pid: number;
  /** Ends it at once, as a crash would: what it knew is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/** Starts a Redis. @throws {MissingServiceError} when there is none to be had */
export async function startRedis({ password }: RedisOptions = {}): Promise<Redis> {
  const binary = await ownProgram(REDIS);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'bfm-redis-'));
  const secret = password === undefined ? [] : ['--requirepass', password];
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder, ...secret];
  let server: GuardedProcess;
  const start = async (): Promise<void> => {
    server = await startGuarded(binary, settings);
    await until(() => answers(port), { what: 'Redis to answer', timeoutMs: 20_000 }).catch(
      async (error: unknown) => {
        await server.end();
        throw new Error(`Redis did not start: ${server.said()}`, { cause: error });
      },
    );
  };
  await start();
  const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return {
    url: `redis://${login}127.0.0.1:${String(port)}/0`,
    port,
    get pid() {
      return server.pid;
    },
    kill: () => server.end(),
    start,
    [Symbol.asyncDispose]: async () => {
      await server.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whatever it answers, it answers. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}
