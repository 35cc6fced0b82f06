import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificateAuthority, startEtcd, startRedis } from '@bfm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  refusalOf,
  runOf,
  schemaArgs,
  stepFiles,
  useRowWorld,
  type RowTree,
} from '../faults/support/row-world.ts';

const authority = makeCertificateAuthority('BFM tests');
const stranger = makeCertificateAuthority('Somebody else');
/** For one of the two names that this machine has. */
const certificate = authority.issue({ commonName: 'server', hosts: ['localhost'] });

const PROVIDERS = {
  etcd: async () => {
    const etcd = await startEtcd({ tls: certificate });
    return { port: etcd.members[0]?.tlsPort ?? 0, stop: () => etcd[Symbol.asyncDispose]() };
  },
  redis: async () => {
    const redis = await startRedis({ tls: certificate });
    return { port: redis.tlsPort ?? 0, stop: () => redis[Symbol.asyncDispose]() };
  },
} as const;

const SCHEMES = { etcd: 'https', redis: 'rediss' } as const;

const TAKEN = [
  { mode: 'verify-full', host: 'localhost', root: 'ours' },
  { mode: 'verify-ca', host: '127.0.0.1', root: 'ours' },
  { mode: 'require', host: '127.0.0.1', root: null },
] as const;

const REFUSED = [
  { mode: 'verify-full', host: '127.0.0.1', root: 'ours', why: /another host/ },
  { mode: 'verify-full', host: 'localhost', root: 'theirs', why: /certificate/ },
  { mode: 'verify-ca', host: 'localhost', root: 'theirs', why: /certificate/ },
  { mode: 'verify-full', host: 'localhost', root: null, why: /certificate/ },
] as const;

describe.each(['etcd', 'redis'] as const)('leases over TLS from %s', async (kind) => {
  const world = await useRowWorld(18);
  let tree: RowTree;
  let server: { readonly port: number; readonly stop: () => PromiseLike<void> };

  beforeAll(async () => {
    server = await PROVIDERS[kind]();
    tree = world.tree(stepFiles(1));
    writeFileSync(join(tree.root, 'ours.pem'), authority.certificate);
    writeFileSync(join(tree.root, 'theirs.pem'), stranger.certificate);
  });
  afterAll(() => server.stop());

  function settings(hosts: string, mode: string, root: string | null): Readonly<Record<string, string>> {
    return {
      BFM_LOCK_URL: `${SCHEMES[kind]}://${hosts}:${server.port}`,
      BFM_LOCK_SSLMODE: mode,
      ...(root === null ? {} : { BFM_LOCK_SSLROOTCERT: join(tree.root, `${root}.pem`) }),
    };
  }

  it.each(TAKEN)('are had with $mode from $host, whose certificate is signed by $root', async (how) => {
    const schema = how.mode.replace('-', '_');
    const end = await tree.startWith(
      settings(how.host, how.mode, how.root),
      ...['up', '--json', ...schemaArgs([schema])],
    ).ended;
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(runOf(end).summary).toMatchObject({ applied: 1 });
    expect(await world.unsound()).toEqual([]);
  });

  it.each(REFUSED)('are not taken with $mode from $host, trusting $root: nothing is applied', async (how) => {
    const end = await tree.startWith(
      settings(how.host, how.mode, how.root),
      ...['up', '--json', ...schemaArgs(['refused'])],
    ).ended;
    expect(end, end.stderr).toMatchObject({ code: 8 });
    const { code, message } = refusalOf(end);
    expect(code).toBe('lock.unreachable');
    expect(message).toMatch(how.why);
    expect(await world.db.query("SELECT 1 FROM pg_namespace WHERE nspname = 'refused'")).toEqual([]);
  });

  if (kind === 'etcd') {
    it('are had from any member under its own name when another is away', async () => {
      // Nothing listens at the first.
      const end = await tree.startWith(
        settings('127.0.0.1:1,localhost', 'verify-full', 'ours'),
        ...['up', '--json', ...schemaArgs(['second'])],
      ).ended;
      expect(end, end.stderr).toMatchObject({ code: 0 });
      expect(await world.unsound()).toEqual([]);
    });
  }
});
