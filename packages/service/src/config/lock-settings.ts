import { TLS_MODE } from './connection-settings.ts';
import type { Definitions, SettingDefinition } from './definition.ts';
import { PATH, SECONDS, TEXT, type ValueType } from './value-types.ts';

/** How long a lease, or the lock of a session that nobody hears of, lasts when nobody says otherwise; milliseconds. */
export const DEFAULT_LOCK_TTL_MS = 30_000;

/** What keys begin with when nobody says otherwise. */
export const DEFAULT_LOCK_PREFIX = 'bfm';

const lock = <T>(
  name: string,
  type: ValueType<T>,
  about: Pick<SettingDefinition<T>, 'variable' | 'meaning' | 'default' | 'example'>,
): SettingDefinition<T> => ({ key: `lock.${name}`, type, secret: false, ...about });

const file = (
  name: string,
  variable: string,
  about: Pick<SettingDefinition<string>, 'meaning' | 'default'>,
): SettingDefinition<string> =>
  lock(name, PATH, { variable, example: `/etc/bfm/${variable.toLowerCase()}.pem`, ...about });

/** What keeps runs apart beside the lock that every session of a target has. */
export const LOCK_SETTINGS = {
  lockUrl: {
    key: 'lock.url',
    variable: 'LOCK_URL',
    type: TEXT,
    secret: true,
    meaning:
      'Who hands out leases: `postgres://user:password@host:5432/database`, etcd as `https://user:password@host:2379,host2:2379`, or `rediss://user:password@host:6379/0`.',
    default: 'none: the lock of the session in the target itself is what keeps others waiting',
    example: 'postgres://bfm@localhost:5432/locks',
  },
  lockTtlMs: lock('ttl', SECONDS, {
    variable: 'LOCK_TTL',
    meaning: 'How long a holder that nobody hears of any more keeps others waiting.',
    default: '30s',
    example: '1min',
  }),
  lockPrefix: lock('prefix', TEXT, {
    variable: 'LOCK_PREFIX',
    meaning: 'What the keys of leases in etcd and Redis begin with.',
    default: DEFAULT_LOCK_PREFIX,
    example: 'bfm-staging',
  }),
  lockTlsMode: lock('tls.mode', TLS_MODE, {
    variable: 'LOCK_SSLMODE',
    meaning: 'What TLS to the provider of leases has to prove. Also `sslmode` in a `postgres://` URL.',
    default: '`disable` on this machine, `verify-full` to any other and for `https` and `rediss`',
    example: 'verify-full',
  }),
  lockTlsRootCert: file('tls.root_cert', 'LOCK_SSLROOTCERT', {
    meaning:
      'The certificates that the provider must be signed by (PEM); `system` means those of the operating system.',
    default: 'those that Node brings',
  }),
  lockTlsCert: file('tls.cert', 'LOCK_SSLCERT', {
    meaning: 'A certificate to log in there with (PEM).',
    default: 'none',
  }),
  lockTlsKey: file('tls.key', 'LOCK_SSLKEY', {
    meaning: 'Its key (PEM, not encrypted).',
    default: 'none',
  }),
} as const satisfies Definitions;
