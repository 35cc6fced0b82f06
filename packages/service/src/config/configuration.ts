import type { ConnectionInfo } from '../service-context.ts';
import type { ConnectionAddressSettings, PostgresAddressSettings } from './address.ts';
import type { SettingOrigin } from './configuration-sources.ts';
import type { LockSettings } from './lock-reader.ts';

/** Everything that was configured. */
export interface Configuration {
  readonly connections: readonly ConnectionSettings[];
  readonly program: ProgramSettings;
  readonly lock: LockSettings;
  /** What people should know although it is no fault, such as TLS that verifies nobody. */
  readonly warnings: readonly string[];
}

/** A connection as configured: what use cases see, and how to reach it (which may hold a secret). */
export interface ConnectionSettings {
  readonly info: ConnectionInfo;
  readonly address: ConnectionAddressSettings;
  readonly pool: PoolSettings;
  /** The address is that of a pooler that hands out a session for one transaction only. */
  readonly pooled: boolean;
  /** The way past the pooler; `null`: there is none. */
  readonly directAddress: PostgresAddressSettings | null;
}

/** The connections to one database; `null`: nobody said. */
export interface PoolSettings {
  readonly connectionsMax: number | null;
  readonly connectTimeoutMs: number | null;
  /** 0: wait as long as it takes. */
  readonly checkoutTimeoutMs: number | null;
  readonly idleTimeoutMs: number | null;
  /** 0: no limit. */
  readonly lifetimeMs: number | null;
}

/** What holds for all connections; `null`: nobody said. */
export interface ProgramSettings {
  /** The folder of migrations; a relative path of bfm.yaml starts at its folder. */
  readonly sfm: { readonly path: string; readonly origin: SettingOrigin } | null;
  readonly fileBytesMax: number | null;
  readonly statementsMax: number | null;
  readonly statementTokensMax: number | null;
  readonly concurrency: number | null;
  /** 0: do not wait. */
  readonly lockWaitMs: number | null;
  readonly lockTimeoutMs: number | null;
  /** 0: none. */
  readonly statementTimeoutMs: number | null;
  readonly attemptsMax: number | null;
}
