import { POOL_SETTINGS } from './connection-settings.ts';
import type { Definitions, SettingDefinition } from './definition.ts';
import { LOCK_SETTINGS } from './lock-settings.ts';
import { DURATION, DURATION_OR_NONE, PATH, wholeNumber, type ValueType } from './value-types.ts';

const run = <T>(
  name: string,
  type: ValueType<T>,
  about: Pick<SettingDefinition<T>, 'meaning' | 'default' | 'example'>,
): SettingDefinition<T> => ({
  key: `run.${name}`,
  variable: name.toUpperCase(),
  type,
  secret: false,
  ...about,
});

const older = (
  variable: string,
  about: Pick<SettingDefinition<number>, 'meaning' | 'example'>,
): SettingDefinition<number> => ({
  key: null,
  variable,
  type: wholeNumber(0, 9999),
  secret: false,
  default: 'none',
  ...about,
});

/** What can be set once for everything: `BFM_...` variables, and the top of bfm.yaml. */
export const PROGRAM_SETTINGS = {
  sfm: {
    key: 'sfm',
    variable: 'SFM_PATH',
    type: PATH,
    secret: false,
    meaning: 'The folder of migrations. `--sfm` goes before it.',
    default: './sfm',
    example: './sfm',
  },
  fileBytesMax: {
    key: 'file_bytes_max',
    variable: 'FILE_BYTES_MAX',
    type: wholeNumber(1, 999_999_999),
    secret: false,
    meaning: 'The largest migration file that is read, in bytes.',
    default: '16777216',
    example: '67108864',
  },
  statementsMax: {
    key: 'statements_max',
    variable: 'STATEMENTS_MAX',
    type: wholeNumber(1, 9_999_999),
    secret: false,
    meaning: 'The most statements one migration file may hold.',
    default: '50000',
    example: '200000',
  },
  statementTokensMax: {
    key: 'statement_tokens_max',
    variable: 'STATEMENT_TOKENS_MAX',
    type: wholeNumber(1000, 99_999_999),
    secret: false,
    meaning:
      'The most words and signs one statement may hold; a literal counts once, and the rows of one `VALUES` list hardly.',
    default: '250000',
    example: '1000000',
  },
  concurrency: run('concurrency', wholeNumber(1, 256), {
    meaning: 'Targets worked on at once. `--concurrency` goes before it.',
    default: '4',
    example: '8',
  }),
  lockWaitMs: run('lock_wait', DURATION_OR_NONE, {
    meaning: 'How long to wait for another run to end. `--lock-wait` goes before it.',
    default: '10s',
    example: '1min',
  }),
  lockTimeoutMs: run('lock_timeout', DURATION, {
    meaning: 'How long readers may queue behind a statement. `--lock-timeout` goes before it.',
    default: '2s',
    example: '5s',
  }),
  statementTimeoutMs: run('statement_timeout', DURATION_OR_NONE, {
    meaning: 'When to cancel a statement. `--statement-timeout` goes before it.',
    default: 'none',
    example: '10min',
  }),
  attemptsMax: run('attempts', wholeNumber(1, 100), {
    meaning: 'Tries of a transaction when locks are held. `--attempts` goes before it.',
    default: '10',
    example: '20',
  }),
  ...LOCK_SETTINGS,
  ...POOL_SETTINGS,
  olderConnectionsMax: older('DB_MAX_OPEN_CONNS', {
    meaning: 'The older name of `BFM_MAX_CONNECTIONS`; 0 means the default.',
    example: '2',
  }),
  olderLifetimeMinutes: older('DB_CONN_MAX_LIFETIME_MINUTES', {
    meaning: 'The older form of `BFM_MAX_LIFETIME`, in minutes; 0 means none.',
    example: '3',
  }),
  olderIdleSeconds: older('DB_CONN_MAX_IDLE_TIME_SECONDS', {
    meaning: 'The older form of `BFM_IDLE_TIMEOUT`, in seconds; 0 means the default.',
    example: '30',
  }),
  olderIdleMinutes: older('DB_CONN_MAX_IDLE_TIME_MINUTES', {
    meaning: 'The same in minutes; the seconds go before it.',
    example: '1',
  }),
} as const satisfies Definitions;

/** Names that nobody reads any more, or that belong to the older BFM's web page: no slips of the pen. */
export const OTHER_PROGRAM_VARIABLES: readonly string[] = [
  'APP_MODE',
  'DB_MAX_IDLE_CONNS',
  'DEBUG',
  'FRONTEND_API_URL',
  'FRONTEND_AUTH_ENABLED',
  'FRONTEND_AUTH_PASSWORD',
  'FRONTEND_AUTH_USERNAME',
  'FRONTEND_PATH',
  'QUEUE_ENABLED',
  'QUEUE_KAFKA_BROKERS',
  'QUEUE_KAFKA_GROUP_ID',
  'QUEUE_KAFKA_HOST',
  'QUEUE_KAFKA_PORT',
  'QUEUE_KAFKA_TOPIC',
  'QUEUE_PULSAR_SUBSCRIPTION',
  'QUEUE_PULSAR_TOPIC',
  'QUEUE_PULSAR_URL',
  'QUEUE_TYPE',
  'STATE_BACKEND',
];
