import { findUnsound, TcpFaultProxy, useTestDatabase, type TestDatabase } from '@bfm/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../../support/effect-tree.ts';

/** How long a server may say nothing in these worlds, in seconds. */
export const DEADLINE_SECONDS = 2;

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

/** Makes a database, a proxy before its server, and a tree with one of each kind of step. */
export async function useNetworkWorld(major: 15 | 18): Promise<NetworkWorld> {
  const db = await useTestDatabase(major);
  let tree: EffectTree;
  let proxy: TcpFaultProxy;
  beforeAll(async () => {
    buildCli();
    tree = await makeEffectTree(db, {
      kinds: ['transaction', 'transaction', 'bare', 'batch', 'transaction', 'transaction'],
    });
    proxy = await TcpFaultProxy.before(db.url);
  });
  beforeEach(() => {
    proxy.heal();
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await tree[Symbol.asyncDispose]();
  });
  const up: NetworkWorld['up'] = (schema, ...args) =>
    startBfm(['up', '--sfm', tree.sfm, '--schema', schema, ...args], {
      ...connectionsTo(proxy.url(db.url), 'tenant'),
      BFM_LOCK_TTL: `${DEADLINE_SECONDS}s`,
      TENANT_CONNECT_TIMEOUT: '1s',
    });
  return {
    db,
    proxy: () => proxy,
    up,
    upOrFail: async (schema, ...args) => {
      const { code, stdout, stderr } = await up(schema, ...args).ended;
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
    },
    expectSound: async (schema) => {
      expect(await findUnsound({ url: db.url, unlogged: tree.unlogged })).toEqual([]);
      const filled = await db.query(
        `SELECT count(*)::int AS rows FROM "${schema}".step_1 WHERE id / 100000 = 4`,
      );
      expect(filled).toEqual([{ rows: 500 }]);
    },
  };
}
