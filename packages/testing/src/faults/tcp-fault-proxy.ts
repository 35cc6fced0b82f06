import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultLink, type LinkCount } from './fault-link.ts';
import { ArmedRule, type Fault, type FaultRule, type Trigger } from './fault-rule.ts';

/** Where a proxy leads, and what it understands of what passes. */
export interface TcpFaultProxyOptions {
  readonly host: string;
  readonly port: number;
  /** `raw` looks at bytes only: for etcd and Redis. @default 'postgresql' */
  readonly protocol?: 'postgresql' | 'raw';
}

/** What a proxy did so far. */
export type ProxyCounts = Readonly<Record<LinkCount | 'connections' | 'refused', number>>;

/** A TCP proxy that fails as told: it stands between a client and a server that know nothing of it. */
export class TcpFaultProxy implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly #options: Required<TcpFaultProxyOptions>;
  readonly #server: Server;
  readonly #links = new Set<FaultLink>();
  readonly #counts: Record<keyof ProxyCounts, number> = {
    connections: 0,
    refused: 0,
    bytesToServer: 0,
    bytesToClient: 0,
    commitsAsked: 0,
    commitsDone: 0,
    cut: 0,
    blackholed: 0,
  };
  #rules: ArmedRule[] = [];
  /** What every connection suffers, and each new one from its beginning. */
  #lasting: Fault | null = null;
  #latencyMs = 0;
  #refuses = false;

  private constructor(options: TcpFaultProxyOptions) {
    this.#options = { protocol: 'postgresql', ...options };
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#accept(client);
    });
  }

  /** Starts one on a port of its own. */
  static async start(options: TcpFaultProxyOptions): Promise<TcpFaultProxy> {
    const proxy = new TcpFaultProxy(options);
    proxy.#server.listen(0, proxy.host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Starts one before the server of an address such as `postgres://user@host:5432/db`. */
  static async before(url: string, protocol?: 'postgresql' | 'raw'): Promise<TcpFaultProxy> {
    const { hostname: host, port } = new URL(url);
    return TcpFaultProxy.start({ host, port: Number(port), ...(protocol === undefined ? {} : { protocol }) });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** An address with this proxy in place of its host and port. */
  url(through: string): string {
    const url = new URL(through);
    url.hostname = this.host;
    url.port = String(this.port);
    return url.href;
  }

  /** What it did so far. */
  get counts(): ProxyCounts {
    return { ...this.#counts };
  }

  /** Connections that pass through now. */
  get open(): number {
    return this.#links.size;
  }

  /** Has a fault happen once, to the connection that meets its trigger first. */
  arm(trigger: Trigger, fault: Fault): FaultRule {
    const rule = new ArmedRule(trigger, fault);
    this.#rules.push(rule);
    return rule;
  }

  /** Everything arrives so late from now on, in each direction. */
  delay(latencyMs: number): void {
    this.#latencyMs = latencyMs;
    for (const link of this.#links) link.heal(latencyMs);
  }

  /** Sockets stay open and nothing passes, on all connections there are and will be, until {@link heal}. */
  blackhole(direction: 'both' | 'to-server' | 'to-client' = 'both'): void {
    this.#lasting = direction === 'both' ? 'blackhole' : { blackhole: direction };
    for (const link of this.#links) link.suffer(this.#lasting);
  }

  /** Resets all connections there are. */
  drop(): void {
    for (const link of [...this.#links]) link.suffer('cut');
  }

  /** Resets every new connection, until {@link heal}. */
  refuse(): void {
    this.#refuses = true;
  }

  /** All is well again: what was held passes, rules that wait are forgotten. */
  heal(): void {
    this.#lasting = null;
    this.#refuses = false;
    this.#latencyMs = 0;
    for (const rule of this.#rules) rule.cancel();
    this.#rules = [];
    for (const link of this.#links) link.heal(0);
  }

  /** Resets everything and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const link of [...this.#links]) link.reset();
    await closed;
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#refuses) {
      this.#counts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    this.#counts.connections += 1;
    const { host, port, protocol } = this.#options;
    const server = connect({ host, port, allowHalfOpen: true }).on('error', () => undefined);
    for (const socket of [client, server]) socket.setNoDelay(true);
    const link = new FaultLink({
      client,
      server,
      protocol,
      rules: () => this.#rules,
      counted: (what, by) => {
        this.#counts[what] += by;
      },
      ended: () => {
        this.#links.delete(link);
      },
    });
    this.#links.add(link);
    if (this.#latencyMs > 0) link.heal(this.#latencyMs);
    if (this.#lasting !== null) link.suffer(this.#lasting);
  }
}
