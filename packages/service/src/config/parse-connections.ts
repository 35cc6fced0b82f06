import {
  isBackendName,
  parseConnectionName,
  parseSchemaName,
  toFaultsError,
  type BackendName,
  type ConnectionName,
  type Fault,
} from '@bfm/core';
import type { ConnectionInfo, TenantSource } from '../service-context.ts';

/** A connection as configured: what use cases see, and how to reach it (which may hold a secret). */
export interface ConnectionSettings {
  readonly info: ConnectionInfo;
  readonly address: ConnectionAddressSettings;
  /** The connection budget; `null`: the default. */
  readonly connectionsMax: number | null;
}

/** Either a URL, or the parts that the v1 names give. */
export type ConnectionAddressSettings =
  | { readonly kind: 'url'; readonly variable: string; readonly url: string }
  | {
      readonly kind: 'parts';
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
    };

/** Variables by name; one that is absent and one that is empty are the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

const BACKEND_SUFFIX = '_BACKEND';
/** Declared by the older BFM for its own state store; no connection. */
const NOT_CONNECTIONS: ReadonlySet<string> = new Set(['BFM_STATE_BACKEND']);

/**
 * Reads all connections from environment variables: `{CONN}_BACKEND` declares one, `{CONN}_URL` or the `{CONN}_DB_*`
 * names say where it is (BFM-V1-CONTRACT 2.3). `{CONN}_SCHEMA`, `{CONN}_TENANTS_QUERY`, `{CONN}_TENANTS_CONNECTION`
 * and `{CONN}_MAX_CONNECTIONS` are optional.
 *
 * @throws {config.invalid} with all faults at once; values are never shown, they may be secrets
 */
export function parseConnections(environment: Environment): readonly ConnectionSettings[] {
  const faults: Fault[] = [];
  const settings = Object.keys(environment)
    .filter((name) => name.endsWith(BACKEND_SUFFIX) && name.length > BACKEND_SUFFIX.length)
    .filter((name) => !NOT_CONNECTIONS.has(name) && (environment[name] ?? '') !== '')
    .sort()
    .map((name) => new ConnectionReader(name.slice(0, -BACKEND_SUFFIX.length), environment, faults).read())
    .filter((connection) => connection !== null);
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  return settings;
}

class ConnectionReader {
  readonly #prefix: string;
  readonly #environment: Environment;
  readonly #faults: Fault[];

  constructor(prefix: string, environment: Environment, faults: Fault[]) {
    this.#prefix = prefix;
    this.#environment = environment;
    this.#faults = faults;
  }

  read(): ConnectionSettings | null {
    const name = parseConnectionName(this.#prefix.toLowerCase());
    if (!name.ok) return this.#fault(`${this.#prefix}${BACKEND_SUFFIX}`, name.reason);
    const backend = this.#backend();
    const address = this.#address();
    const defaultSchema = this.#schema();
    const connectionsMax = this.#connectionsMax();
    if (backend === null || address === null) return null;
    const info = { name: name.name, backend, defaultSchema, tenants: this.#tenants(name.name) };
    return { info, address, connectionsMax };
  }

  #get(suffix: string): string {
    return this.#environment[`${this.#prefix}_${suffix}`] ?? '';
  }

  #backend(): BackendName | null {
    const text = this.#get('BACKEND');
    return isBackendName(text) ? text : this.#fault('BACKEND', 'it is none of postgresql, greptimedb, etcd');
  }

  #address(): ConnectionAddressSettings | null {
    const url = this.#get('URL');
    if (url !== '') return { kind: 'url', variable: `${this.#prefix}_URL`, url };
    const host = this.#get('DB_HOST');
    if (host === '') return this.#fault('URL', `neither it nor ${this.#prefix}_DB_HOST is set`);
    const port = this.#get('DB_PORT') || '5432';
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
      return this.#fault('DB_PORT', 'it is not a port number from 1 to 65535');
    }
    const database = this.#get('DB_NAME');
    if (database === '') return this.#fault('DB_NAME', 'it is not set');
    const user = this.#get('DB_USERNAME') || 'postgres';
    return { kind: 'parts', host, port: Number(port), database, user, password: this.#get('DB_PASSWORD') };
  }

  #schema(): ConnectionInfo['defaultSchema'] {
    const text = this.#get('SCHEMA');
    if (text === '') return null;
    const result = parseSchemaName(text);
    return result.ok ? result.name : this.#fault('SCHEMA', result.reason);
  }

  #connectionsMax(): number | null {
    const text = this.#get('MAX_CONNECTIONS');
    if (text === '') return null;
    if (!/^[1-9]\d{0,3}$/.test(text)) {
      return this.#fault('MAX_CONNECTIONS', 'it is not a number from 1 to 9999');
    }
    return Number(text);
  }

  #tenants(own: ConnectionName): TenantSource | null {
    const query = this.#get('TENANTS_QUERY');
    if (query === '') return null;
    const text = this.#get('TENANTS_CONNECTION');
    if (text === '') return { connection: own, query };
    const connection = parseConnectionName(text);
    return connection.ok
      ? { connection: connection.name, query }
      : this.#fault('TENANTS_CONNECTION', connection.reason);
  }

  #fault(suffix: string, reason: string): null {
    const variable = suffix.startsWith(this.#prefix) ? suffix : `${this.#prefix}_${suffix}`;
    this.#faults.push({
      code: 'config.invalid',
      message: `${variable} is not usable: ${reason}`,
      where: {},
      mend: `set ${variable}`,
    });
    return null;
  }
}
