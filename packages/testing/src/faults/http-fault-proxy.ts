import { once } from 'node:events';
import {
  createServer,
  request as send,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';

/**
 * What happens to a request. `lose-reply`: forwarded and done, and the connection is reset instead of an answer.
 * `bad-gateway`: forwarded and done, and answered with 502. `time-out`: forwarded and done, and never answered.
 * `refuse`: answered with 503, not forwarded. `forward-late`: never answered, and forwarded so much later.
 */
export type HttpFault =
  | { readonly kind: 'lose-reply' | 'bad-gateway' | 'time-out' | 'refuse' }
  | { readonly kind: 'forward-late'; readonly afterMs: number };

/** Which request a fault is for. */
export interface HttpTrigger {
  /** Part of its path and query. @default any */
  readonly path?: string | RegExp;
  /** Part of its body. @default any */
  readonly body?: string | RegExp;
  /** Which of those. @default 1 */
  readonly nth?: number;
}

/** A fault that waits for its request; it happens once. */
export interface HttpFaultRule {
  /** Resolves when the server behind has done the request, or when it was refused. */
  readonly happened: Promise<void>;
}

/** What a proxy did so far. */
export interface HttpProxyCounts {
  readonly requests: number;
  readonly forwarded: number;
  readonly answered: number;
  readonly faults: number;
}

interface Armed {
  readonly trigger: HttpTrigger;
  readonly fault: HttpFault;
  readonly happened: PromiseWithResolvers<undefined>;
  seen: number;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTP proxy that does what it is asked and loses the answer, as told. */
export class HttpFaultProxy implements AsyncDisposable {
  readonly #upstream: URL;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #counts = { requests: 0, forwarded: 0, answered: 0, faults: 0 };
  #armed: Armed[] = [];

  private constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => {
        response.destroy();
      });
    });
  }

  /** Starts one before a server, on a port of its own. */
  static async before(upstream: string): Promise<HttpFaultProxy> {
    const proxy = new HttpFaultProxy(upstream);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Its address, without a path. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What it did so far. */
  get counts(): HttpProxyCounts {
    return { ...this.#counts };
  }

  /** Has a fault happen once, to the request that meets the trigger. */
  arm(trigger: HttpTrigger, fault: HttpFault): HttpFaultRule {
    const happened = Promise.withResolvers<undefined>();
    this.#armed.push({ trigger, fault, happened, seen: 0 });
    return { happened: happened.promise };
  }

  /** Ends it; requests that are still to be forwarded never are. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#counts.requests += 1;
    const asked: Asked = { request, response, body: await buffer(request) };
    const armed = this.#faultFor(asked);
    if (armed === undefined) {
      this.#answer(response, await this.#forward(asked));
      return;
    }
    this.#counts.faults += 1;
    this.#armed = this.#armed.filter((other) => other !== armed);
    await this.#fail(asked, armed.fault);
    armed.happened.resolve(undefined);
  }

  async #fail(asked: Asked, fault: HttpFault): Promise<void> {
    const { response } = asked;
    if (fault.kind === 'refuse') {
      this.#answer(response, plain(503, 'refused by the fault proxy'));
      return;
    }
    if (fault.kind === 'forward-late') {
      await delay(fault.afterMs, undefined, { signal: this.#closing.signal });
    }
    await this.#forward(asked);
    if (fault.kind === 'lose-reply') response.socket?.resetAndDestroy();
    else if (fault.kind === 'bad-gateway') this.#answer(response, plain(502, 'Bad Gateway'));
  }

  #faultFor({ request, body }: Asked): Armed | undefined {
    return this.#armed.find((armed) => {
      const { path, body: wanted, nth = 1 } = armed.trigger;
      if (!holds(request.url ?? '', path) || !holds(body.toString('utf8'), wanted)) return false;
      armed.seen += 1;
      return armed.seen === nth;
    });
  }

  async #forward({ request, body }: Asked): Promise<Reply> {
    const { hostname, port } = this.#upstream;
    const { url: path, method, headers } = request;
    const forwarded = send({
      hostname,
      port,
      path,
      method,
      headers: { ...headers, host: this.#upstream.host },
    });
    this.#counts.forwarded += 1;
    forwarded.end(body);
    const [reply] = (await once(forwarded, 'response')) as [IncomingMessage];
    return { status: reply.statusCode ?? 500, headers: reply.headers, body: await buffer(reply) };
  }

  #answer(response: ServerResponse, { status, headers, body }: Reply): void {
    this.#counts.answered += 1;
    const { 'transfer-encoding': _chunked, ...rest } = headers;
    response.writeHead(status, { ...rest, 'content-length': body.length }).end(body);
  }
}

function plain(status: number, text: string): Reply {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) };
}

function holds(text: string, wanted: string | RegExp | undefined): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}
