import { Agent as PlainAgent, request as plainRequest, type ClientRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '@bfm/engine';
import { parse } from '../holder-text.ts';

/** Where an etcd cluster is, and who asks. */
export interface EtcdGatewayOptions {
  /** Each as `http://host:port` or `https://host:port`; at least one. */
  readonly endpoints: readonly string[];
  /** `null`: nobody logs in. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** `null`: as the system has it. */
  readonly tls: ConnectionOptions | null;
  /** How long one request to one endpoint may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What etcd said instead of an answer, in its own words. */
export class EtcdRefusal extends Error {
  /** gRPC's number: 3 invalid, 5 not found, 8 exhausted, 14 unavailable, 16 not logged in ... */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** A JSON object as the gateway gives it: numbers of 64 bits are texts, and what is zero is left out. */
export type EtcdAnswer = Readonly<Record<string, unknown>>;

/**
 * Asks etcd (3.4 and later) through its JSON gateway: one endpoint after the other until one answers, with a deadline for
 * each. Logs in when it is asked to, and once anew when a token has ended. What was asked may have been done although no
 * answer came: callers ask only what can be asked twice.
 */
export class EtcdGateway {
  readonly #options: EtcdGatewayOptions;
  readonly #agents: { readonly plain: PlainAgent; readonly tls: TlsAgent };
  /** The endpoint that answered last is asked first. */
  #first = 0;
  #token: string | null = null;

  constructor(options: EtcdGatewayOptions) {
    this.#options = options;
    this.#agents = {
      plain: new PlainAgent({ keepAlive: true }),
      tls: new TlsAgent({ keepAlive: true, ...options.tls }),
    };
  }

  /** @throws {EtcdRefusal} and what the network throws */
  async call(path: string, body: object): Promise<EtcdAnswer> {
    const { credentials } = this.#options;
    if (credentials === null) return this.#askAny(path, body);
    this.#token ??= await this.#logIn(credentials);
    try {
      return await this.#askAny(path, body);
    } catch (error) {
      if (!isLoggedOut(error)) throw error;
      this.#token = await this.#logIn(credentials);
      return this.#askAny(path, body);
    }
  }

  /** Ends all connections. */
  close(): void {
    this.#agents.plain.destroy();
    this.#agents.tls.destroy();
  }

  /** Empty when etcd wants nobody to log in: then nobody needs to. */
  async #logIn({ username, password }: { username: string; password: string }): Promise<string> {
    this.#token = null;
    try {
      const { token } = await this.#askAny('auth/authenticate', { name: username, password });
      return typeof token === 'string' ? token : '';
    } catch (error) {
      if (error instanceof EtcdRefusal && error.message.includes('not enabled')) return '';
      throw error;
    }
  }

  async #askAny(path: string, body: object): Promise<EtcdAnswer> {
    const { endpoints } = this.#options;
    let last: unknown = null;
    for (let turn = 0; turn < endpoints.length; turn += 1) {
      const index = (this.#first + turn) % endpoints.length;
      try {
        const answer = await this.#ask(endpoints[index] ?? '', path, body);
        this.#first = index;
        return answer;
      } catch (error) {
        if (error instanceof EtcdRefusal && error.code !== UNAVAILABLE) throw error;
        last = error;
      }
    }
    throw last;
  }

  async #ask(endpoint: string, path: string, body: object): Promise<EtcdAnswer> {
    const { status, text } = await this.#post(new URL(`/v3/${path}`, endpoint), JSON.stringify(body));
    // A stream's answers stand one on each line; of a keepalive there is one.
    const answer = parse(text.split('\n', 1)[0] ?? '');
    const refusal = status === 200 ? answer['error'] : (answer['error'] ?? answer['message']);
    if (status !== 200 || refusal !== undefined) throw toRefusal(refusal, answer, status);
    return answer;
  }

  async #post(url: URL, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const isTls = url.protocol === 'https:';
    const token = this.#token ?? '';
    const [late, done] = [new AbortController(), new AbortController()];
    const options = {
      method: 'POST',
      agent: isTls ? this.#agents.tls : this.#agents.plain,
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: token }) },
      signal: late.signal,
    };
    const { clock, timeoutMs } = this.#options;
    void clock.sleep(timeoutMs, done.signal).then(() => {
      late.abort();
    });
    try {
      return await send((isTls ? tlsRequest : plainRequest)(url, options), body);
    } catch (error) {
      throw late.signal.aborted ? new Error(`${url.host} gave no answer in time`) : error;
    } finally {
      done.abort();
    }
  }
}

function send(
  request: ClientRequest,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function toRefusal(said: unknown, answer: EtcdAnswer, status: number): EtcdRefusal {
  const inner = typeof said === 'object' && said !== null ? (said as EtcdAnswer) : answer;
  const message = [inner['message'], inner['error'], said].find((text) => typeof text === 'string');
  const code = [inner['code'], inner['grpc_code']].find((value) => typeof value === 'number');
  return new EtcdRefusal(message ?? `HTTP ${status}`, code ?? (status >= 500 ? UNAVAILABLE : 0));
}

function isLoggedOut(error: unknown): boolean {
  if (!(error instanceof EtcdRefusal)) return false;
  return (
    error.code === UNAUTHENTICATED ||
    /invalid auth token|user name is empty|revision of auth store/.test(error.message)
  );
}
