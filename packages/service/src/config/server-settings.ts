import type { Definitions, SettingDefinition } from './definition.ts';
import { DURATION_OR_NONE, PATH, SECONDS, TEXT, wholeNumber, YES_NO, type ValueType } from './value-types.ts';
import { LOG_FORMAT, LOG_LEVELS } from './log-levels.ts';
import { HEADERS, HTTP_URL, LEASE, LIST } from './server-types.ts';

const server = <T>(
  name: string,
  type: ValueType<T>,
  about: Pick<SettingDefinition<T>, 'variable' | 'meaning' | 'default' | 'example'> & {
    readonly secret?: true;
  },
): SettingDefinition<T> => ({ key: `server.${name}`, type, secret: false, ...about });

const PORT = wholeNumber(0, 65_535);

/** What `bfm serve` and `bfm worker` read beside all else. */
export const SERVER_SETTINGS = {
  httpHost: server('http.host', TEXT, {
    variable: 'HTTP_HOST',
    meaning: 'The name or address at which HTTP is served.',
    default: '127.0.0.1',
    example: '127.0.0.1',
  }),
  httpPort: server('http.port', PORT, {
    variable: 'HTTP_PORT',
    meaning: 'Its port; 0 takes a free one.',
    default: '7070',
    example: '7070',
  }),
  grpcHost: server('grpc.host', TEXT, {
    variable: 'GRPC_HOST',
    meaning: 'The name or address at which gRPC is served.',
    default: 'that of HTTP',
    example: '127.0.0.1',
  }),
  grpcPort: server('grpc.port', PORT, {
    variable: 'GRPC_PORT',
    meaning: 'Its port; 0 takes a free one.',
    default: '9090',
    example: '9090',
  }),
  tlsCert: server('tls.cert', PATH, {
    variable: 'TLS_CERT',
    meaning: 'The certificate of the server and those between it and its root (PEM), for HTTP and gRPC.',
    default: 'none: clear text',
    example: '/etc/bfm/tls.pem',
  }),
  tlsKey: server('tls.key', PATH, {
    variable: 'TLS_KEY',
    meaning: 'Its key (PEM, not encrypted).',
    default: 'none',
    example: '/etc/bfm/tls.key',
  }),
  tlsClientCa: server('tls.client_ca', PATH, {
    variable: 'TLS_CLIENT_CA',
    meaning: 'Who must have signed the certificates of clients (PEM).',
    default: 'clients need none',
    example: '/etc/bfm/clients.pem',
  }),
  clearText: server('clear_text', YES_NO, {
    variable: 'ALLOW_CLEAR_TEXT',
    meaning:
      'Allows to listen at addresses that other machines reach without TLS: behind a proxy that has it, or in a network of your own.',
    default: 'false',
    example: 'true',
  }),
  apiToken: server('api_token', TEXT, {
    variable: 'API_TOKEN',
    secret: true,
    meaning: 'An admin token of any text, as the older BFM has it, beside those that `bfm token` makes.',
    default: 'none: an admin token is made at the first start',
    example: 'a-long-random-text-of-your-own',
  }),
  corsOrigins: server('cors_origins', LIST, {
    variable: 'CORS_ORIGINS',
    meaning: 'The origins whose pages may call the API, or `*` for all.',
    default: 'none',
    example: 'https://bfm.example.com',
  }),
  trustedProxies: server('trusted_proxies', LIST, {
    variable: 'TRUSTED_PROXIES',
    meaning: 'Addresses and networks of proxies whose `X-Forwarded-For` is believed.',
    default: 'none',
    example: '10.0.0.0/8',
  }),
  tokenRequestsPerSecond: server('limits.requests_per_second', wholeNumber(1, 1_000_000), {
    variable: 'REQUESTS_PER_SECOND',
    meaning: 'How many requests of one token are answered.',
    default: '200',
    example: '200',
  }),
  tokenBurst: server('limits.burst', wholeNumber(1, 1_000_000), {
    variable: 'REQUEST_BURST',
    meaning: 'How many of them may come at once.',
    default: '1000',
    example: '1000',
  }),
  refusalsPerMinute: server('limits.refusals_per_minute', wholeNumber(1, 100_000), {
    variable: 'REFUSALS_PER_MINUTE',
    meaning: 'How many wrong tokens one address may send before it has to wait.',
    default: '50',
    example: '50',
  }),
  logLevel: server('log.level', LOG_LEVELS, {
    variable: 'LOG_LEVEL',
    meaning:
      'The least serious lines that are logged, of all modules or of some: `info,http=warn,runs=debug`.',
    default: 'info',
    example: 'info',
  }),
  logFormat: server('log.format', LOG_FORMAT, {
    variable: 'LOG_FORMAT',
    meaning: 'JSON for machines, or one line for people.',
    default: 'json',
    example: 'json',
  }),
  otlpEndpoint: server('otlp.endpoint', HTTP_URL, {
    variable: 'OTLP_ENDPOINT',
    meaning:
      'Where traces are sent: an OpenTelemetry collector that takes OTLP over HTTP, without the `/v1/traces`. `OTEL_EXPORTER_OTLP_ENDPOINT` says the same.',
    default: 'no traces',
    example: 'http://localhost:4318',
  }),
  otlpHeaders: server('otlp.headers', HEADERS, {
    variable: 'OTLP_HEADERS',
    secret: true,
    meaning: 'Headers that go with them, such as a key. `OTEL_EXPORTER_OTLP_HEADERS` says the same.',
    default: 'none',
    example: 'authorization=Bearer%20...',
  }),
  autoMigrate: server('auto_migrate.enabled', YES_NO, {
    variable: 'AUTO_MIGRATE',
    meaning: 'Whether what is pending is applied at the start of the server.',
    default: 'false',
    example: 'false',
  }),
  autoMigrateConnections: server('auto_migrate.connections', LIST, {
    variable: 'AUTO_MIGRATE_CONNECTIONS',
    meaning: 'Of which connections.',
    default: 'all',
    example: 'core,guard',
  }),
  autoMigrateRetryMs: server('auto_migrate.retry_interval', DURATION_OR_NONE, {
    variable: 'AUTO_MIGRATE_RETRY_INTERVAL',
    meaning: 'How long to wait for another round when something was left over; none means one round.',
    default: '5s',
    example: '5s',
  }),
  autoMigrateRoundsMax: server('auto_migrate.max_rounds', wholeNumber(0, 10_000), {
    variable: 'AUTO_MIGRATE_MAX_ROUNDS',
    meaning: 'How many rounds there are at most; 0 means one.',
    default: '24',
    example: '24',
  }),
  reindexMinutes: server('reindex_interval_minutes', wholeNumber(0, 10_080), {
    variable: 'REINDEX_INTERVAL_MINUTES',
    meaning: 'How often the migrations are read again even if nothing seems to have changed; 0 means never.',
    default: '5',
    example: '5',
  }),
  metricsPublic: server('metrics_public', YES_NO, {
    variable: 'METRICS_PUBLIC',
    meaning: 'Whether everybody may read `/metrics`; else it takes a token, or a client of the same machine.',
    default: 'false',
    example: 'true',
  }),
  grpcReflection: server('grpc.reflection', YES_NO, {
    variable: 'GRPC_REFLECTION',
    meaning: 'Whether gRPC tools may ask the server, with a token, what it can do.',
    default: 'false',
    example: 'true',
  }),
  withWorker: server('worker.enabled', YES_NO, {
    variable: 'SERVER_WORKER',
    meaning: 'Whether `bfm serve` carries runs out as well; else `bfm worker` has to.',
    default: 'true',
    example: 'false',
  }),
  workerHttpPort: server('worker.http_port', PORT, {
    variable: 'WORKER_HTTP_PORT',
    meaning:
      'Where `bfm worker` answers `/livez`, `/readyz`, `/health` and `/metrics`, at `BFM_HTTP_HOST`; 0 takes a free port.',
    default: 'nowhere',
    example: '7071',
  }),
  runsMax: server('worker.runs', wholeNumber(1, 256), {
    variable: 'WORKER_RUNS',
    meaning: 'Runs that one process carries out at once.',
    default: '8',
    example: '8',
  }),
  runLeaseMs: server('worker.lease', LEASE, {
    variable: 'RUN_LEASE',
    meaning: 'After how long without a sign of life from its worker a run is taken over.',
    default: '30s',
    example: '30s',
  }),
  graceMs: server('shutdown_grace', SECONDS, {
    variable: 'SHUTDOWN_GRACE',
    meaning: 'How long what is under work may go on after SIGTERM.',
    default: '30s',
    example: '1min',
  }),
} as const satisfies Definitions;

/** What the older BFM needed and this one does not, with the reason. */
export const NOT_NEEDED_VARIABLES: ReadonlyMap<RegExp, string> = new Map([
  [/^BFM_QUEUE_/, 'runs are queued in the state database; no Kafka or Pulsar is needed'],
  [/^BFM_DB_MAX_IDLE_CONNS$/, 'connections end when nobody has used them for a while (BFM_IDLE_TIMEOUT)'],
  [/^BFM_APP_MODE$/, 'there is one mode'],
]);
