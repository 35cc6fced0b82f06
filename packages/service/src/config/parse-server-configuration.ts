import { toFaultsError, variablePrefix } from '@bfm/core';
import type { ConfigurationSources, Environment } from './configuration-sources.ts';
import type { AutoMigrateSettings, ListenSettings, ServerConfiguration } from './server-configuration.ts';
import { readServerTls } from './server-tls.ts';
import { NOT_NEEDED_VARIABLES, SERVER_SETTINGS } from './server-settings.ts';
import {
  SettingReader,
  toValues,
  type SettingScope,
  type SettingsOf,
  type ValuesOf,
} from './setting-reader.ts';
import { PROGRAM_PREFIX } from './slips.ts';
import { readStateSettings } from './state-reader.ts';
import { readTraceSettings } from './trace-settings.ts';
import { isLocalHost } from './tls.ts';
import { weaknessOf } from './weak-tls.ts';

type Found = SettingsOf<typeof SERVER_SETTINGS>;
type Values = ValuesOf<typeof SERVER_SETTINGS>;

const MINUTE_MS = 60_000;
/** A token of any text may be guessed when it is shorter. */
const TOKEN_LENGTH_MIN = 24;

/**
 * Reads what a server is started with beside {@link parseConfiguration}, which has looked at misspelt names.
 *
 * @throws {config.invalid} with all faults at once; values are never shown, they may be secrets
 */
export function parseServerConfiguration(sources: ConfigurationSources): ServerConfiguration {
  const reader = new SettingReader(sources);
  const scope: SettingScope = { prefix: PROGRAM_PREFIX, mapping: sources.document?.root ?? null, path: '' };
  const found = reader.readAll(SERVER_SETTINGS, scope);
  const values = toValues(found);
  const state = readStateSettings(scope, { reader, sources });
  const tls = readServerTls(found, { reader, sources });
  const traces = readTraceSettings(values, sources.environment, reader);
  const [http, grpc] = listeners(values);
  if (tls === null) refuseClearText({ found, http, grpc }, reader);
  const [first, ...rest] = reader.faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  // Without a state there is a fault.
  if (state === null) throw new Error('the state was read without a fault and is not there');
  return {
    state,
    http,
    grpc,
    tls,
    apiToken: values.apiToken,
    corsOrigins: values.corsOrigins ?? [],
    trustedProxies: values.trustedProxies ?? [],
    traces,
    ...usual(values),
    autoMigrate: autoMigrate(values),
    warnings: [
      ...(weaknessOf(state.address) === null ? [] : [`state: ${String(weaknessOf(state.address))}`]),
      ...shortToken(values.apiToken),
      ...notNeeded(sources.environment),
    ],
  };
}

function listeners({ httpHost, httpPort, grpcHost, grpcPort }: Values): [ListenSettings, ListenSettings] {
  const host = httpHost ?? '127.0.0.1';
  return [
    { host, port: httpPort ?? 7070 },
    { host: grpcHost ?? host, port: grpcPort ?? 9090 },
  ];
}

/** What is the same for almost everybody. */
function usual(
  values: Values,
): Pick<
  ServerConfiguration,
  | 'limits'
  | 'log'
  | 'reindexIntervalMs'
  | 'metricsPublic'
  | 'grpcReflection'
  | 'withWorker'
  | 'workerHttpPort'
  | 'runsMax'
  | 'runLeaseMs'
  | 'graceMs'
> {
  return {
    ...limitsAndLog(values),
    reindexIntervalMs: (values.reindexMinutes ?? 5) * MINUTE_MS,
    metricsPublic: values.metricsPublic === true,
    grpcReflection: values.grpcReflection === true,
    withWorker: values.withWorker !== false,
    workerHttpPort: values.workerHttpPort,
    runsMax: values.runsMax ?? 8,
    runLeaseMs: values.runLeaseMs ?? 30_000,
    graceMs: values.graceMs ?? 30_000,
  };
}

function limitsAndLog(values: Values): Pick<ServerConfiguration, 'limits' | 'log'> {
  return {
    limits: {
      requestsPerSecond: values.tokenRequestsPerSecond ?? 200,
      burst: values.tokenBurst ?? 1000,
      refusalsPerMinute: values.refusalsPerMinute ?? 50,
    },
    log: { ...(values.logLevel ?? { level: 'info', levels: {} }), format: values.logFormat ?? 'json' },
  };
}

function autoMigrate(values: Values): AutoMigrateSettings | null {
  if (values.autoMigrate !== true) return null;
  const retryMs = values.autoMigrateRetryMs ?? 5_000;
  return {
    connections: values.autoMigrateConnections,
    retryMs,
    rounds: retryMs === 0 ? 1 : Math.max(1, values.autoMigrateRoundsMax ?? 24),
  };
}

/** What is said in clear text can be read on its way, tokens too. */
function refuseClearText(
  {
    found,
    http,
    grpc,
  }: { readonly found: Found; readonly http: ListenSettings; readonly grpc: ListenSettings },
  reader: SettingReader,
): void {
  if (found.clearText?.value === true || found.tlsCert !== null) return;
  const places = [
    [http, found.httpHost],
    [grpc, found.grpcHost],
  ] as const;
  for (const [{ host }, setting] of places) {
    if (setting === null || isLocalHost(host)) continue;
    reader.refuse(
      {
        ...setting.place,
        mend: 'set BFM_TLS_CERT and BFM_TLS_KEY; or BFM_ALLOW_CLEAR_TEXT=true where something else encrypts it',
      },
      'other machines would reach the server there, and tokens would come in clear text',
    );
  }
}

function shortToken(token: string | null): readonly string[] {
  return token === null || token.length >= TOKEN_LENGTH_MIN
    ? []
    : [`${variablePrefix('bfm')}API_TOKEN is short enough to be guessed; bfm token makes better ones`];
}

function notNeeded(environment: Environment): readonly string[] {
  const names = Object.keys(environment).filter((name) => (environment[name] ?? '') !== '');
  return [...NOT_NEEDED_VARIABLES].flatMap(([pattern, reason]) => {
    const set = names.filter((name) => pattern.test(name)).sort();
    return set.length === 0 ? [] : [`${set.join(', ')}: not needed any more, ${reason}`];
  });
}
