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
      format: 'text',
    });
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
