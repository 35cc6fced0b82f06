import { isBfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import type { ConfigurationSources, Environment } from './configuration-sources.ts';
import { parseServerConfiguration } from './parse-server-configuration.ts';
import { parseConfiguration } from './parse-configuration.ts';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\n';
const STATE = { BFM_STATE_URL: 'postgres://bfm@localhost/state' };

function sources(environment: Environment): ConfigurationSources {
  return {
    environment,
    document: null,
    readFile: (path) => ({ ok: true, value: path === 'key' ? KEY : CERTIFICATE }),
  };
}

const parse = (environment: Environment): ReturnType<typeof parseServerConfiguration> =>
  parseServerConfiguration(sources(environment));

function faultsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (isBfmError(error)) return (error.details.faults ?? []).map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('the configuration of a server', () => {
  it('needs to know nothing but where the state is', () => {
    expect(parse(STATE)).toMatchObject({
      state: { schema: 'bfm_state', address: { host: 'localhost', database: 'state' } },
      http: { host: '127.0.0.1', port: 7070 },
      grpc: { host: '127.0.0.1', port: 9090 },
      tls: null,
      apiToken: null,
      autoMigrate: null,
      reindexIntervalMs: 300_000,
      withWorker: true,
      warnings: [],
    });
  });

  it('says so when nobody knows where the state is', () => {
    expect(faultsOf(() => parse({}))).toEqual([
      'BFM_STATE_URL is not usable: it is not set, and a server has to keep its runs somewhere',
    ]);
  });

  it("takes the older BFM's parts of the state, with its defaults", () => {
    expect(parse({ BFM_STATE_DB_PORT: '6543', BFM_STATE_SCHEMA: 'public' }).state).toMatchObject({
      address: { host: 'localhost', port: 6543, database: 'migration_state', user: 'postgres' },
      schema: 'public',
    });
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'bfm.example.com'])('refuses clear text at %s', (host) => {
    expect(faultsOf(() => parse({ ...STATE, BFM_HTTP_HOST: host }))).toEqual([
      'BFM_HTTP_HOST is not usable: other machines would reach the server there, and tokens would come in clear text',
    ]);
    expect(faultsOf(() => parse({ ...STATE, BFM_GRPC_HOST: host }))).toHaveLength(1);
  });

  it('listens anywhere with TLS, or when clear text was allowed', () => {
    const anywhere = { ...STATE, BFM_HTTP_HOST: '0.0.0.0' };
    expect(parse({ ...anywhere, BFM_TLS_CERT: 'cert', BFM_TLS_KEY: 'key' }).tls).toEqual({
      certificate: CERTIFICATE,
      key: KEY,
      clientAuthority: null,
    });
    expect(parse({ ...anywhere, BFM_ALLOW_CLEAR_TEXT: 'true' }).grpc.host).toBe('0.0.0.0');
  });

  it('refuses a certificate without its key, and a file of another kind', () => {
    expect(faultsOf(() => parse({ ...STATE, BFM_TLS_CERT: 'cert' }))).toEqual([
      'BFM_TLS_CERT is not usable: certificate and key go together',
    ]);
    expect(faultsOf(() => parse({ ...STATE, BFM_TLS_CERT: 'cert', BFM_TLS_KEY: 'cert' }))).toEqual([
      'BFM_TLS_KEY is not usable: the file it names holds no PRIVATE KEY in PEM',
    ]);
  });

  it('reads levels and formats as the older BFM wrote them', () => {
    expect(parse({ ...STATE, BFM_LOG_LEVEL: 'INFO', BFM_LOG_FORMAT: 'plaintext' }).log).toEqual({
      level: 'info',
      levels: {},
      format: 'text',
    });
  });

  it('reads levels of modules', () => {
    const logOf = (text: string): object => parse({ ...STATE, BFM_LOG_LEVEL: text }).log;
    expect(logOf('warn, http=error,runs=DEBUG')).toMatchObject({
      level: 'warn',
      levels: { http: 'error', runs: 'debug' },
    });
    expect(logOf('worker=silent')).toMatchObject({ level: 'info', levels: { worker: 'silent' } });
    expect(faultsOf(() => logOf('info,htpp=warn'))[0]).toMatch(/no module.*did you mean http/);
    expect(faultsOf(() => logOf('info,http=loud'))[0]).toMatch(/none of error, warn/);
    expect(faultsOf(() => logOf('info,'))[0]).toMatch(/no module/);
  });

  it('sends traces where its own variables say, else where those of OpenTelemetry do, else nowhere', () => {
    const tracesOf = (variables: Record<string, string>): unknown => parse({ ...STATE, ...variables }).traces;
    expect(tracesOf({})).toBeNull();
    expect(
      tracesOf({ BFM_OTLP_ENDPOINT: 'http://here:4318/', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://there' }),
    ).toEqual({
      url: 'http://here:4318/v1/traces',
      headers: {},
      serviceName: 'bfm',
    });
    const shared = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://there:4318', OTEL_SERVICE_NAME: 'bfm-eu' };
    expect(tracesOf({ ...shared, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b, x-team=core' })).toEqual({
      url: 'https://there:4318/v1/traces',
      headers: { 'api-key': 'a b', 'x-team': 'core' },
      serviceName: 'bfm-eu',
    });
    expect(tracesOf({ ...shared, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://own/here' })).toMatchObject({
      url: 'http://own/here',
    });
    expect(tracesOf({ ...shared, OTEL_SDK_DISABLED: 'true' })).toBeNull();
  });

  it('never repeats the secret of headers and addresses of traces that it cannot use', () => {
    const faults = faultsOf(() =>
      parse({
        ...STATE,
        BFM_OTLP_HEADERS: 'c4n4ry',
        BFM_OTLP_ENDPOINT: 'http://ann:c4n4ry@here',
      }),
    );
    expect(faults).toEqual([
      'BFM_OTLP_ENDPOINT is not usable: it holds a user or password; put them into a header',
      'BFM_OTLP_HEADERS is not usable: it is not of the form name=value,name=value',
    ]);
  });

  it('applies nothing unless told to, and then in rounds', () => {
    expect(parse({ ...STATE, BFM_AUTO_MIGRATE: 'off' }).autoMigrate).toBeNull();
    const on = { ...STATE, BFM_AUTO_MIGRATE: 'on', BFM_AUTO_MIGRATE_CONNECTIONS: 'core, guard' };
    expect(parse(on).autoMigrate).toEqual({ connections: ['core', 'guard'], retryMs: 5000, rounds: 24 });
    expect(parse({ ...on, BFM_AUTO_MIGRATE_RETRY_INTERVAL: 'none' }).autoMigrate).toMatchObject({
      rounds: 1,
    });
  });

  it('tells what is not needed any more, and what can be guessed', () => {
    const { warnings } = parse({
      ...STATE,
      BFM_QUEUE_ENABLED: 'true',
      BFM_QUEUE_TYPE: 'kafka',
      BFM_API_TOKEN: 'x',
    });
    expect(warnings).toEqual([
      'BFM_API_TOKEN is short enough to be guessed; bfm token makes better ones',
      'BFM_QUEUE_ENABLED, BFM_QUEUE_TYPE: not needed any more, runs are queued in the state database; no Kafka or Pulsar is needed',
    ]);
  });
});

describe('bfm_state', () => {
  it('is the name of no connection', () => {
    const environment = { ...STATE, bfm_state_BACKEND: 'postgresql' };
    expect(faultsOf(() => parseConfiguration(sources(environment)))[0]).toBe(
      'bfm_state_BACKEND is not usable: the name bfm_state is reserved',
    );
    // The older BFM made a connection of it.
    expect(parseConfiguration(sources({ ...STATE, BFM_STATE_BACKEND: 'postgresql' })).connections).toEqual(
      [],
    );
  });
});
