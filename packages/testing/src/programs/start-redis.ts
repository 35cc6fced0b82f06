import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCertificate } from '../tls/certificate-files.ts';
import type { IssuedCertificate } from '../tls/certificates.ts';
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
  /** What it shows on a port for TLS, beside the other one. @default no such port */
  readonly tls?: IssuedCertificate;
}

/** A Redis that keeps nothing on disk. */
export interface Redis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Where it speaks TLS; `null` without a certificate. */
  readonly tlsPort: number | null;
  /** Of the server; changes when it is started again. */
  readonly pid: number;
  /** Ends it at once, as a crash would: what it knew is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/** Starts a Redis. @throws {MissingServiceError} when there is none to be had */
export async function startRedis({ password, tls }: RedisOptions = {}): Promise<Redis> {
  const binary = await ownProgram(REDIS);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'bfm-redis-'));
  const secret = password === undefined ? [] : ['--requirepass', password];
  const tlsPort = tls === undefined ? null : await freePort();
  const settings = [
    ...['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder],
    ...secret,
    ...(tls === undefined ? [] : await tlsSettings(folder, tls, tlsPort)),
  ];
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
    tlsPort,
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

async function tlsSettings(
  folder: string,
  tls: IssuedCertificate,
  port: number | null,
): Promise<readonly string[]> {
  const files = await writeCertificate(folder, tls);
  return [
    ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-cert-file', files.certificate, '--tls-key-file', files.key],
    // It wants one, for clients that it does not ask.
    ...['--tls-ca-cert-file', files.certificate],
  ];
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
