import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCertificate } from '../tls/certificate-files.ts';
import type { IssuedCertificate } from '../tls/certificates.ts';
import { until } from '../until.ts';
import type { DebianProgram, ProgramBinary } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import { ownProgram } from './own-program.ts';

const ETCD: DebianProgram = {
  service: 'etcd',
  program: 'etcd',
  folder: 'usr/bin',
  packages: ['etcd-server'],
  variable: 'BFM_TEST_ETCD',
};

/** How etcd is set up. */
export interface EtcdOptions {
  /** @default 1 */
  readonly members?: 1 | 3;
  /** More options of the program, such as `--quota-backend-bytes`. */
  readonly settings?: readonly string[];
  /** What members show on a port for TLS, beside the other one. @default no such port */
  readonly tls?: IssuedCertificate;
}

/** One member of a cluster. */
export interface EtcdMember {
  readonly url: string;
  /** Where it speaks TLS; `null` without a certificate. */
  readonly tlsPort: number | null;
  /** Of the process; changes when it is started again. */
  readonly pid: number;
  /** Whether it leads the cluster now. */
  isLeader(): Promise<boolean>;
  /** Ends it at once, as a crash would. Its data stay. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
}

/** An etcd, of one member or of three. */
export interface Etcd extends AsyncDisposable {
  /** Of the first member. */
  readonly url: string;
  readonly members: readonly EtcdMember[];
  /** Asks the JSON gateway of a member that answers, and gives back what it says. @throws when it answers an error */
  call(path: string, body: object, token?: string): Promise<unknown>;
}

/** Starts an etcd on the loopback interface. @throws {MissingServiceError} when there is none to be had */
export async function startEtcd({ members = 1, settings = [], tls }: EtcdOptions = {}): Promise<Etcd> {
  const binary = await ownProgram(ETCD);
  const folder = await mkdtemp(join(tmpdir(), 'bfm-etcd-'));
  const places = await Promise.all(
    Array.from({ length: members }, (_, index) => toPlace(index, folder, tls !== undefined)),
  );
  const cluster = places.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const all = [...settings, ...(tls === undefined ? [] : await tlsSettings(folder, tls))];
  const cast = places.map((place) => new Member(place, { binary, cluster, settings: all }));
  const etcd: Etcd = {
    url: places[0]?.client ?? '',
    members: cast,
    call: async (path, body, token) => callAny(cast, { path, body, token }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(cast.map((member) => member.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    // None of three is ready before a second is there.
    await Promise.all(cast.map((member) => member.start()));
  } catch (error) {
    await etcd[Symbol.asyncDispose]();
    throw error;
  }
  return etcd;
}

interface Place {
  readonly name: string;
  readonly client: string;
  readonly tlsPort: number | null;
  readonly peer: string;
  readonly data: string;
}

async function toPlace(index: number, folder: string, isSecure: boolean): Promise<Place> {
  const [client, peer] = [await freePort(), await freePort()];
  const name = `member_${String(index + 1)}`;
  return {
    name,
    client: `http://127.0.0.1:${String(client)}`,
    tlsPort: isSecure ? await freePort() : null,
    peer: `http://127.0.0.1:${String(peer)}`,
    data: join(folder, name),
  };
}

async function tlsSettings(folder: string, tls: IssuedCertificate): Promise<readonly string[]> {
  const files = await writeCertificate(folder, tls);
  return ['--cert-file', files.certificate, '--key-file', files.key];
}

interface Shared {
  readonly binary: ProgramBinary;
  readonly cluster: string;
  readonly settings: readonly string[];
}

class Member implements EtcdMember {
  readonly url: string;
  readonly tlsPort: number | null;
  readonly #args: readonly string[];
  readonly #binary: ProgramBinary;
  #process: GuardedProcess | null = null;

  constructor({ name, client, tlsPort, peer, data }: Place, { binary, cluster, settings }: Shared) {
    this.url = client;
    this.tlsPort = tlsPort;
    const listens = tlsPort === null ? client : `${client},https://127.0.0.1:${String(tlsPort)}`;
    this.#binary = binary;
    this.#args = [
      ...['--name', name, '--data-dir', data],
      ...['--listen-client-urls', listens, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', cluster, '--log-level', 'error', ...settings],
    ];
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async isLeader(): Promise<boolean> {
    const status = (await call(this.url, { path: 'maintenance/status', body: {} })) as {
      header: { member_id: string };
      leader: string;
    };
    return status.header.member_id === status.leader;
  }

  async kill(): Promise<void> {
    await this.#process?.end();
  }

  async start(): Promise<void> {
    const process = await startGuarded(this.#binary, this.#args);
    this.#process = process;
    await until(() => this.#isHealthy(), { what: 'etcd to answer', timeoutMs: 30_000 }).catch(
      async (error: unknown) => {
        await process.end();
        throw new Error(`etcd did not start: ${process.said()}`, { cause: error });
      },
    );
  }

  async #isHealthy(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    return answer?.ok === true && JSON.stringify(await answer.json()).includes('true');
  }
}

interface Call {
  readonly path: string;
  readonly body: object;
  readonly token?: string | undefined;
}

async function callAny(members: readonly Member[], wanted: Call): Promise<unknown> {
  let last: unknown = null;
  for (const { url } of members) {
    try {
      return await call(url, wanted);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function call(url: string, { path, body, token }: Call): Promise<unknown> {
  const answer = await fetch(`${url}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: token === undefined ? {} : { authorization: token },
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`etcd answered ${String(answer.status)} to ${path}: ${text}`);
  return JSON.parse(text) as unknown;
}
