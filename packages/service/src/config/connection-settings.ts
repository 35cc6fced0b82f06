import type { Definitions, SettingDefinition } from './definition.ts';
import { TLS_MODES } from './tls.ts';
import {
  BACKEND,
  choice,
  CONNECTION_NAME,
  DURATION,
  DURATION_OR_NONE,
  PATH,
  SCHEMA_NAME,
  TEXT,
  wholeNumber,
  YES_NO,
  type ValueType,
} from './value-types.ts';

const OTHER_TLS_MODES: ReadonlyMap<string, string> = new Map([
  ['allow', '; allow would go on unencrypted without a word'],
  ['prefer', '; prefer would go on unencrypted without a word'],
  ['no-verify', '; what node-postgres calls no-verify is require'],
]);

/** One of them, also in a URL. */
export const TLS_MODE = choice(TLS_MODES, OTHER_TLS_MODES);

const plain = <T>(definition: Omit<SettingDefinition<T>, 'secret'>): SettingDefinition<T> => ({
  ...definition,
  secret: false,
});

const secret = <T>(definition: Omit<SettingDefinition<T>, 'secret'>): SettingDefinition<T> => ({
  ...definition,
  secret: true,
});

const file = (
  key: string,
  variable: string,
  about: Pick<SettingDefinition<string>, 'meaning' | 'default'>,
): SettingDefinition<string> =>
  plain({ key, variable, type: PATH, example: `/etc/bfm/${variable.toLowerCase()}.pem`, ...about });

const pool = <T>(
  name: string,
  type: ValueType<T>,
  about: Pick<SettingDefinition<T>, 'meaning' | 'default' | 'example'>,
): SettingDefinition<T> => plain({ key: `pool.${name}`, variable: name.toUpperCase(), type, ...about });

/** The connections to one database: per connection, and at the top of bfm.yaml (or as `BFM_...`) for all of them. */
export const POOL_SETTINGS = {
  connectionsMax: pool('max_connections', wholeNumber(1, 9999), {
    meaning:
      'How many connections may be open at once. Connections to the same database share the smallest number. Runs of a server hold no more in all workers together.',
    default: '4',
    example: '8',
  }),
  connectTimeoutMs: pool('connect_timeout', DURATION, {
    meaning: 'How long opening a connection may take, TLS and login included.',
    default: '10s',
    example: '5s',
  }),
  checkoutTimeoutMs: pool('checkout_timeout', DURATION_OR_NONE, {
    meaning: 'How long to wait for one of the connections when all are busy.',
    default: 'none',
    example: '1min',
  }),
  idleTimeoutMs: pool('idle_timeout', DURATION, {
    meaning: 'A connection that nobody used for so long is closed.',
    default: '10s',
    example: '30s',
  }),
  lifetimeMs: pool('max_lifetime', DURATION_OR_NONE, {
    meaning: 'A connection as old as that is closed once nobody uses it.',
    default: 'none',
    example: '30min',
  }),
} as const satisfies Definitions;

/** What can be set for each connection, in the order in which people are told. */
export const CONNECTION_SETTINGS = {
  backend: plain({
    key: 'backend',
    variable: 'BACKEND',
    type: BACKEND,
    meaning: 'The kind of store. As a variable it declares the connection.',
    default: 'required',
    example: 'postgresql',
  }),
  url: secret({
    key: 'url',
    variable: 'URL',
    type: TEXT,
    meaning:
      'Where the store is: `postgres://user:password@host:5432/database`. In user, password and database, `@ : / ? # %` are written as `%40 %3A %2F %3F %23 %25`.',
    default: 'required, unless a host is set',
    example: 'postgres://bfm@localhost:5432/app',
  }),
  host: plain({
    key: 'database.host',
    variable: 'DB_HOST',
    type: TEXT,
    meaning:
      'The same in parts, where no URL is set: a host name, an IP address, or the folder of a Unix socket.',
    default: 'required, unless a URL is set',
    example: 'localhost',
  }),
  port: plain({
    key: 'database.port',
    variable: 'DB_PORT',
    type: wholeNumber(1, 65535),
    meaning: 'The port on that host.',
    default: '5432',
    example: '5432',
  }),
  database: plain({
    key: 'database.name',
    variable: 'DB_NAME',
    type: TEXT,
    meaning: 'The database.',
    default: 'required with a host',
    example: 'app',
  }),
  user: plain({
    key: 'database.username',
    variable: 'DB_USERNAME',
    type: TEXT,
    meaning: 'Who logs in.',
    default: 'postgres',
    example: 'bfm',
  }),
  password: secret({
    key: 'database.password',
    variable: 'DB_PASSWORD',
    type: TEXT,
    meaning: 'The password, as it is, without any escapes; also for a URL that holds none.',
    default: 'none',
    example: 'change-me',
  }),
  schema: plain({
    key: 'schema',
    variable: 'SCHEMA',
    type: SCHEMA_NAME,
    meaning: 'The schema of migrations that name none; without it they are dynamic.',
    default: 'none',
    example: 'core',
  }),
  tenantsQuery: plain({
    key: 'tenants.query',
    variable: 'TENANTS_QUERY',
    type: TEXT,
    meaning: 'The query behind `--all-tenants`; its first column names schemas.',
    default: 'none',
    example: "SELECT schema_name FROM core.environments WHERE status = 'active'",
  }),
  tenantsConnection: plain({
    key: 'tenants.connection',
    variable: 'TENANTS_CONNECTION',
    type: CONNECTION_NAME,
    meaning: 'The connection that query is asked of.',
    default: 'the connection itself',
    example: 'core',
  }),
  tlsMode: plain({
    key: 'tls.mode',
    variable: 'SSLMODE',
    type: TLS_MODE,
    meaning: 'What TLS has to prove. Also `sslmode` in the URL.',
    default: '`disable` on this machine, `verify-full` to any other',
    example: 'verify-full',
  }),
  tlsRootCert: file('tls.root_cert', 'SSLROOTCERT', {
    meaning:
      'The certificates that the server must be signed by (PEM); `system` means those of the operating system. Also `sslrootcert` in the URL.',
    default: 'those that Node brings',
  }),
  tlsCert: file('tls.cert', 'SSLCERT', {
    meaning: 'A certificate to log in with (PEM). Also `sslcert` in the URL.',
    default: 'none',
  }),
  tlsKey: file('tls.key', 'SSLKEY', {
    meaning: 'Its key (PEM, not encrypted). Also `sslkey` in the URL.',
    default: 'none',
  }),
  ...POOL_SETTINGS,
  pooled: plain({
    key: 'pooled',
    variable: 'POOLED',
    type: YES_NO,
    meaning: 'The address is that of a pooler such as PgBouncer in transaction mode.',
    default: 'false',
    example: 'true',
  }),
  directUrl: secret({
    key: 'direct_url',
    variable: 'DIRECT_URL',
    type: TEXT,
    meaning:
      'The way past the pooler, for statements that cannot run in a transaction. The password may be left to `{CONN}_DB_PASSWORD` here, too.',
    default: 'none',
    example: 'postgres://bfm@localhost:5433/app',
  }),
} as const satisfies Definitions;
