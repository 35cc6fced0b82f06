import type { PostgresAddressSettings } from './address.ts';
import type { LogFormat, LogLevels } from './log-levels.ts';
import type { TraceSettings } from './trace-settings.ts';

/** What a server or worker is started with beside what every command reads. */
export interface ServerConfiguration {
  readonly state: StateSettings;
  readonly http: ListenSettings;
  readonly grpc: ListenSettings;
  /** `null`: clear text. */
  readonly tls: ServerTlsSettings | null;
  /** An admin token from the configuration; `null`: none. */
  readonly apiToken: string | null;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly limits: RequestLimits;
  readonly log: LogLevels & { readonly format: LogFormat };
  /** `null`: nobody wants any. */
  readonly traces: TraceSettings | null;
  /** `null`: nothing is applied without being asked for. */
  readonly autoMigrate: AutoMigrateSettings | null;
  /** 0: never. */
  readonly reindexIntervalMs: number;
  readonly metricsPublic: boolean;
  readonly grpcReflection: boolean;
  /** Whether the server carries runs out as well. */
  readonly withWorker: boolean;
  /** Where `bfm worker` tells how it is; `null`: nowhere. */
  readonly workerHttpPort: number | null;
  /** Runs that one process carries out at once. */
  readonly runsMax: number;
  readonly runLeaseMs: number;
  readonly graceMs: number;
  /** What people should know although it is no fault. */
  readonly warnings: readonly string[];
}

/** Where the state is; it may hold a secret. */
export interface StateSettings {
  readonly address: PostgresAddressSettings;
  readonly schema: string;
  readonly connectionsMax: number;
}

/** Where a transport listens. */
export interface ListenSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** What the server proves itself with, as PEM. */
export interface ServerTlsSettings {
  readonly certificate: string;
  readonly key: string;
  /** Who signs clients' certificates; `null`: clients need none. */
  readonly clientAuthority: string | null;
}

/** What one client may cost. */
export interface RequestLimits {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly refusalsPerMinute: number;
}

/** What is applied at the start of the server. */
export interface AutoMigrateSettings {
  /** Names of connections; `null`: all. */
  readonly connections: readonly string[] | null;
  readonly retryMs: number;
  /** At least 1. */
  readonly rounds: number;
}
