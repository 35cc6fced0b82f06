import {
  startEtcd,
  startMortalServer,
  startPgBouncer,
  startRedis,
  TcpFaultProxy,
  type MortalServer,
  type PgBouncer,
  type PostgresMajor,
} from '@bfm/testing';
import pg from 'pg';
import { connectionsTo } from '../../support/bfm.ts';

/** How processes reach the database. */
export type Route = 'direct' | 'pooled';

/** What keeps processes apart beside the fence. */
export type Keeper = 'none' | 'postgresql' | 'etcd' | 'redis';

/** How one round's processes are set up. */
export interface Setup {
  readonly route: Route;
  readonly keeper: Keeper;
}

/** A lease lasts so long, in seconds; whoever is frozen longer has lost what it held. */
export const TTL_SECONDS = 3;

type LockUrls = Readonly<Record<Exclude<Keeper, 'none'>, string>>;

/**
 * Everything a storm blows over: a server that can die, proxies before it and before the lock providers, a pooler. Every
 * process goes through the proxies; the storm itself does not.
 */
export class StormSea implements AsyncDisposable {
  readonly server: MortalServer;
  readonly proxy: TcpFaultProxy;
  readonly lockProxies: Readonly<Record<'etcd' | 'redis', TcpFaultProxy>>;
  readonly #pooler: PgBouncer;
  readonly #stack: AsyncDisposableStack;
  readonly #lockUrls: LockUrls;

  private constructor(
    made: Pick<StormSea, 'server' | 'proxy' | 'lockProxies'>,
    rest: {
      readonly pooler: PgBouncer;
      readonly stack: AsyncDisposableStack;
      readonly lockUrls: LockUrls;
    },
  ) {
    this.server = made.server;
    this.proxy = made.proxy;
    this.lockProxies = made.lockProxies;
    this.#pooler = rest.pooler;
    this.#stack = rest.stack;
    this.#lockUrls = rest.lockUrls;
  }

  static async start(major: PostgresMajor): Promise<StormSea> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await startMortalServer(major));
    const proxy = stack.use(await TcpFaultProxy.before(server.url()));
    const pooler = stack.use(
      await startPgBouncer({
        serverUrl: proxy.url(server.url()),
        poolSize: 20,
        // Else it would refuse everybody for a quarter of a minute after each death of the server.
        settings: { server_login_retry: '0' },
      }),
    );
    const etcd = stack.use(await startEtcd());
    const redis = stack.use(await startRedis());
    const lockProxies = {
      etcd: stack.use(await TcpFaultProxy.before(etcd.url, 'raw')),
      redis: stack.use(await TcpFaultProxy.before(redis.url, 'raw')),
    };
    const lockUrls = {
      postgresql: proxy.url(server.url()),
      etcd: lockProxies.etcd.url(etcd.url),
      redis: lockProxies.redis.url(redis.url),
    };
    return new StormSea({ server, proxy, lockProxies }, { pooler, stack: stack.move(), lockUrls });
  }

  /** The environment of a process. */
  environment({ route, keeper }: Setup): Record<string, string> {
    const past = this.proxy.url(this.server.url());
    const database = new URL(past).pathname.slice(1);
    const connection =
      route === 'direct'
        ? connectionsTo(past, 'tenant')
        : {
            ...connectionsTo(this.#pooler.url(database), 'tenant'),
            TENANT_POOLED: 'true',
            TENANT_DIRECT_URL: past,
          };
    const lock = keeper === 'none' ? {} : { BFM_LOCK_URL: this.#lockUrls[keeper] };
    return { ...connection, ...lock, BFM_LOCK_TTL: `${TTL_SECONDS}s` };
  }

  /** Runs SQL, past all faults but the server's own death. */
  async query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.server.url(), application_name: 'bfm-testing' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** What sessions are doing, a line each: whoever looks into a hang begins here. */
  async sessions(): Promise<string> {
    const rows = await this.query(SESSIONS);
    return rows.map((row) => JSON.stringify(row)).join('\n');
  }

  /** Lets everything pass again. */
  heal(): void {
    for (const proxy of [this.proxy, this.lockProxies.etcd, this.lockProxies.redis]) proxy.heal();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const SESSIONS = `
SELECT pid, pg_blocking_pids(pid) AS blockers, state, wait_event, backend_xmin, left(query, 80) AS query,
       round(extract(epoch FROM clock_timestamp() - xact_start)) AS seconds
FROM pg_stat_activity WHERE application_name = 'bfm'`;
