import { parseConfiguration, type LockSettings } from '@bfm/service';
import { describe, expect, it } from 'vitest';
import { makeSources, messagesOf, type TreeText } from './make-sources.ts';

const LOCAL = { CORE_BACKEND: 'postgresql', CORE_URL: 'postgres://u@localhost/d' };
const PEM = { '/ca': '-----BEGIN CERTIFICATE-----' };
const DISABLED = { mode: 'disable', rootCertificates: null, client: null };
const FULL = { ...DISABLED, mode: 'verify-full' };

function lockOf(variables: Readonly<Record<string, string>>, tree: TreeText | null = null): LockSettings {
  return parseConfiguration(makeSources({ ...LOCAL, ...variables }, tree, PEM)).lock;
}

describe('the configuration of leases', () => {
  it('needs none: sessions keep others waiting for half a minute when nobody hears of them', () => {
    expect(lockOf({})).toEqual({ ttlMs: 30_000, prefix: 'bfm', provider: null });
    expect(lockOf({ BFM_LOCK_TTL: '5s' }).ttlMs).toBe(5_000);
  });

  it.each([
    [
      'postgres://me:p%40w@localhost/locks',
      {
        kind: 'postgresql',
        host: 'localhost',
        port: 5432,
        database: 'locks',
        user: 'me',
        password: 'p@w',
        tls: DISABLED,
      },
    ],
    [
      'http://localhost:2379',
      {
        kind: 'etcd',
        endpoints: ['http://localhost:2379'],
        hosts: ['localhost'],
        user: '',
        password: '',
        tls: DISABLED,
      },
    ],
    [
      'https://root:s%3Acret@a.example,b.example:2380,[::1]:2381',
      {
        kind: 'etcd',
        endpoints: ['https://a.example:2379', 'https://b.example:2380', 'https://[::1]:2381'],
        hosts: ['a.example', 'b.example', '::1'],
        user: 'root',
        password: 's:cret',
        tls: FULL,
      },
    ],
    [
      'rediss://:pw@cache.example/3',
      { kind: 'redis', host: 'cache.example', port: 6379, database: 3, user: '', password: 'pw', tls: FULL },
    ],
    [
      'redis://127.0.0.1:6380',
      { kind: 'redis', host: '127.0.0.1', port: 6380, database: 0, user: '', password: '', tls: DISABLED },
    ],
  ])('reads %s', (url, provider) => {
    expect(lockOf({ BFM_LOCK_URL: url, BFM_LOCK_PREFIX: 'x' })).toMatchObject({ prefix: 'x', provider });
  });

  it('is the same as a tree, and its URL may stand in a file', () => {
    const lock = { url: 'rediss://h', ttl: '2s', tls: { mode: 'verify-ca', root_cert: '/ca' } };
    expect(lockOf({}, { lock })).toMatchObject({
      ttlMs: 2_000,
      provider: { tls: { mode: 'verify-ca', rootCertificates: PEM['/ca'] } },
    });
    const sources = makeSources({ ...LOCAL, BFM_LOCK_URL_FILE: '/u' }, null, { '/u': 'redis://localhost\n' });
    expect(parseConfiguration(sources).lock.provider).toMatchObject({ kind: 'redis' });
  });

  it.each([
    [{ BFM_LOCK_URL: 'rediz://c4n4ry' }, 'did you mean redis?'],
    [{ BFM_LOCK_URL: 'c4n4ry' }, 'begins with none of'],
    [{ BFM_LOCK_URL: 'http://c4n4ry.example:2379' }, 'nothing is encrypted'],
    [{ BFM_LOCK_URL: 'redis://c4n4ry.example' }, 'nothing is encrypted'],
    [{ BFM_LOCK_URL: 'https://h', BFM_LOCK_SSLMODE: 'disable' }, 'means TLS, and this means none'],
    [{ BFM_LOCK_URL: 'redis://h', BFM_LOCK_SSLMODE: 'require' }, 'means no TLS'],
    [{ BFM_LOCK_URL: 'redis://u:c4n4ry/x@h' }, 'user:password@host:port'],
    [{ BFM_LOCK_URL: 'redis://h:99999' }, 'its port'],
    [{ BFM_LOCK_URL: 'redis://localhost,h2' }, 'several hosts'],
    [{ BFM_LOCK_URL: 'redis://localhost/c4n4ry' }, 'number of a database'],
    [{ BFM_LOCK_URL: 'http://localhost/c4n4ry' }, 'nothing may follow'],
    [{ BFM_LOCK_URL: 'redis://%C4n4ry@localhost' }, 'no valid escape'],
    [{ BFM_LOCK_URL: 'postgres://u:c4n4ry@h/d?schema=x' }, 'schema is no parameter BFM knows'],
    [{ BFM_LOCK_TTL: '500ms' }, 'shorter than 1 s'],
    [{ BFM_LOCK_PREFIX: 'x' }, 'no provider of leases is named'],
    [{ BFM_LOCK_SSLROOTCERT: '/ca' }, 'no provider of leases is named'],
    [{ BFM_LOK_URL: 'redis://localhost' }, 'did you mean BFM_LOCK_URL?'],
  ])('refuses %j', (variables, reason) => {
    const sources = makeSources({ ...LOCAL, ...variables }, null, PEM);
    expect(messagesOf(sources, 'c4n4ry').join('\n')).toContain(reason);
  });

  it('goes without TLS to another machine only when told to, and says so', () => {
    const sources = makeSources({
      ...LOCAL,
      BFM_LOCK_URL: 'redis://cache.example',
      BFM_LOCK_SSLMODE: 'disable',
    });
    expect(parseConfiguration(sources).warnings).toEqual([
      'locks: what is said to cache.example is not encrypted (sslmode disable)',
    ]);
  });
});
