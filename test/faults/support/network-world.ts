import {
  findUnsound,
  inPooledSessions,
  NO_TRACES,
  startPgBouncer,
  TcpFaultProxy,
  useTestDatabase,
  type PgBouncer,
  type TestDatabase,
} from '@bfm/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../../support/bfm.ts';
import { makeEffectTree, type EffectKind, type EffectTree } from '../../support/effect-tree.ts';

/** How long a server may say nothing in these worlds, in seconds. */
export const DEADLINE_SECONDS = 2;

/** Sessions of the pooler in these worlds. */
const SESSIONS = 6;

/** A pooler in transaction mode on the way. */
export interface PooledWay {
  /** What lies on the other side of the proxy from `bfm`: the pooler, or the server alone. */
  readonly proxyBefore: 'pooler' | 'server';
  /** Whether there is a way past the pooler. Where the proxy is before the server, it leads through the proxy, too. */
  readonly direct: boolean;
}

/** Where a fault hits one of each kind of step: in a transaction, outside of one, and in a backfill. */
export interface NetworkWorld {
  readonly db: TestDatabase;
  /** What lies between `bfm` and the server; all is well with it when a test begins. */
  readonly proxy: () => TcpFaultProxy;
  /** Starts `bfm up` through the proxy. */
  readonly up: (schema: string, ...args: readonly string[]) => BfmProcess;
  /** The same, to its end, which must be a success. */
  readonly upOrFail: (schema: string, ...args: readonly string[]) => Promise<void>;
  /** Expects all of a schema to be applied once, and nothing to be left behind. */
  readonly expectSound: (schema: string) => Promise<void>;
}

/** Names of the transactions in which a COMMIT is hit, with what is said in them. */
export const COMMITS: readonly { readonly unit: string; readonly after: RegExp; readonly nth?: number }[] = [
  { unit: 'a first step', after: /CREATE TABLE step_1 / },
  { unit: 'a step in a group', after: /CREATE TABLE step_2 / },
  { unit: 'a statement on its own', after: /INSERT INTO step_3 / },
  { unit: 'what ends a bare statement', after: /CREATE INDEX CONCURRENTLY/ },
  { unit: 'the second batch of a backfill', after: /INSERT INTO step_1 /, nth: 2 },
  { unit: 'the last step', after: /CREATE TABLE step_6 / },
];

/** Makes a database, a proxy before its server or before its pooler, and a tree with one of each kind of step. */
export async function useNetworkWorld(
  major: 15 | 18,
  pooled: PooledWay | null = null,
): Promise<NetworkWorld> {
  const db = await useTestDatabase(major);
  let tree: EffectTree;
  let way: Way;
  beforeAll(async () => {
    buildCli();
    const kinds = pooled?.direct === false ? KINDS_WITHOUT_BARE : KINDS;
    tree = await makeEffectTree(db, { kinds });
    way = await makeWay(db, pooled);
  });
  beforeEach(() => {
    way.proxy.heal();
  });
  afterAll(async () => {
    await way.close();
    await tree[Symbol.asyncDispose]();
  });
  const up: NetworkWorld['up'] = (schema, ...args) =>
    startBfm(['up', '--sfm', tree.sfm, '--schema', schema, ...args], {
      ...way.environment,
      BFM_LOCK_TTL: `${DEADLINE_SECONDS}s`,
      TENANT_CONNECT_TIMEOUT: '1s',
    });
  return {
    db,
    proxy: () => way.proxy,
    up,
    upOrFail: async (schema, ...args) => {
      const { code, stdout, stderr } = await up(schema, ...args).ended;
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
    },
    expectSound: async (schema) => {
      const { unlogged } = tree;
      expect(await findUnsound({ url: db.url, unlogged, pooled: pooled !== null })).toEqual([]);
      const filled = await db.query(
        `SELECT count(*)::int AS rows FROM "${schema}".step_1 WHERE id / 100000 = 4`,
      );
      expect(filled).toEqual([{ rows: 500 }]);
      if (way.pooler !== null) {
        const found = await inPooledSessions(way.pooler, SESSIONS);
        expect(found).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
      }
    },
  };
}

const KINDS: readonly EffectKind[] = [
  'transaction',
  'transaction',
  'bare',
  'batch',
  'transaction',
  'transaction',
];
const KINDS_WITHOUT_BARE: readonly EffectKind[] = KINDS.map((kind) =>
  kind === 'bare' ? 'transaction' : kind,
);

/** What lies between `bfm` and a server. */
interface Way {
  readonly proxy: TcpFaultProxy;
  readonly environment: Readonly<Record<string, string>>;
  /** The database through the pooler, if there is one, past the proxy before it. */
  readonly pooler: string | null;
  readonly close: () => Promise<void>;
}

async function makeWay(db: TestDatabase, pooled: PooledWay | null): Promise<Way> {
  if (pooled === null) {
    const proxy = await TcpFaultProxy.before(db.url);
    const environment = connectionsTo(proxy.url(db.url), 'tenant');
    return { proxy, environment, pooler: null, close: () => proxy[Symbol.asyncDispose]() };
  }
  const bouncerBefore = (serverUrl: string): Promise<PgBouncer> =>
    startPgBouncer({ serverUrl, poolSize: SESSIONS });
  let [proxy, bouncer]: [TcpFaultProxy | null, PgBouncer | null] = [null, null];
  if (pooled.proxyBefore === 'server') {
    proxy = await TcpFaultProxy.before(db.url);
    bouncer = await bouncerBefore(proxy.url(db.url));
  } else {
    bouncer = await bouncerBefore(db.url);
    proxy = await TcpFaultProxy.before(bouncer.url(db.name));
  }
  const pooler = bouncer.url(db.name);
  const [url, direct] =
    pooled.proxyBefore === 'server' ? [pooler, proxy.url(db.url)] : [proxy.url(pooler), db.url];
  return {
    proxy,
    pooler,
    environment: {
      ...connectionsTo(url, 'tenant'),
      TENANT_POOLED: 'true',
      ...(pooled.direct ? { TENANT_DIRECT_URL: direct } : {}),
    },
    close: async () => {
      await bouncer.stop();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
