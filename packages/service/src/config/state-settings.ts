import { TLS_MODE } from './connection-settings.ts';
import type { Definitions, SettingDefinition } from './definition.ts';
import { PATH, SCHEMA_NAME, TEXT, wholeNumber, type ValueType } from './value-types.ts';

/** The schema of the state when nobody says otherwise. */
export const DEFAULT_STATE_SCHEMA = 'bfm_state';

const state = <T>(
  name: string,
  type: ValueType<T>,
  about: Pick<SettingDefinition<T>, 'variable' | 'meaning' | 'default' | 'example'> & {
    readonly secret?: true;
  },
): SettingDefinition<T> => ({ key: `state.${name}`, type, secret: false, ...about });

/** Where the server keeps runs, history, tokens and its audit. The names of the parts are those of a connection. */
export const STATE_SETTINGS = {
  url: state('url', TEXT, {
    variable: 'STATE_URL',
    secret: true,
    meaning: 'The PostgreSQL database in which the server keeps runs, history, tokens and its audit.',
    default: 'required for `bfm serve` and `bfm worker`, unless parts are set',
    example: 'postgres://bfm@localhost:5432/bfm_state',
  }),
  host: state('database.host', TEXT, {
    variable: 'STATE_DB_HOST',
    meaning:
      'The same in parts, as the older BFM has them: a host name, an IP address, or the folder of a socket.',
    default: 'localhost, when another part is set',
    example: 'localhost',
  }),
  port: state('database.port', wholeNumber(1, 65_535), {
    variable: 'STATE_DB_PORT',
    meaning: 'The port on that host.',
    default: '5432',
    example: '5432',
  }),
  database: state('database.name', TEXT, {
    variable: 'STATE_DB_NAME',
    meaning: 'The database.',
    default: 'migration_state',
    example: 'migration_state',
  }),
  user: state('database.username', TEXT, {
    variable: 'STATE_DB_USERNAME',
    meaning: 'Who logs in.',
    default: 'postgres',
    example: 'bfm',
  }),
  password: state('database.password', TEXT, {
    variable: 'STATE_DB_PASSWORD',
    secret: true,
    meaning: 'The password, as it is, without any escapes; also for a URL that holds none.',
    default: 'none',
    example: 'change-me',
  }),
  tlsMode: state('tls.mode', TLS_MODE, {
    variable: 'STATE_SSLMODE',
    meaning: 'What TLS to the state has to prove. Also `sslmode` in its URL.',
    default: '`disable` on this machine, `verify-full` to any other',
    example: 'verify-full',
  }),
  tlsRootCert: state('tls.root_cert', PATH, {
    variable: 'STATE_SSLROOTCERT',
    meaning:
      'The certificates that it must be signed by (PEM); `system` means those of the operating system.',
    default: 'those that Node brings',
    example: '/etc/bfm/state_sslrootcert.pem',
  }),
  tlsCert: state('tls.cert', PATH, {
    variable: 'STATE_SSLCERT',
    meaning: 'A certificate to log in there with (PEM).',
    default: 'none',
    example: '/etc/bfm/state_sslcert.pem',
  }),
  tlsKey: state('tls.key', PATH, {
    variable: 'STATE_SSLKEY',
    meaning: 'Its key (PEM, not encrypted).',
    default: 'none',
    example: '/etc/bfm/state_sslkey.pem',
  }),
  schema: state('schema', SCHEMA_NAME, {
    variable: 'STATE_SCHEMA',
    meaning: 'The schema there. It belongs to BFM alone.',
    default: DEFAULT_STATE_SCHEMA,
    example: 'bfm_state',
  }),
  connectionsMax: state('max_connections', wholeNumber(2, 1000), {
    variable: 'STATE_MAX_CONNECTIONS',
    meaning: 'How many connections to it one process may have, beside one for heartbeats.',
    default: '10',
    example: '20',
  }),
} as const satisfies Definitions;
