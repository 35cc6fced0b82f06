import { parseConnectionName, type BackendName, type ConnectionName } from '@bfm/core';
import type { TenantSource } from '../service-context.ts';
import type { ConnectionAddressSettings, PostgresAddressSettings } from './address.ts';
import type { ConnectionSettings } from './configuration.ts';
import type { ConfigurationSources } from './configuration-sources.ts';
import {
  readDirectAddress,
  readHttpAddress,
  readPostgresAddress,
  type AddressInit,
} from './connection-address.ts';
import { CONNECTION_SETTINGS } from './connection-settings.ts';
import type { DeclaredConnection } from './declared-connections.ts';
import { toPoolSettings } from './pool-settings.ts';
import { toValues, type SettingReader, type SettingScope, type SettingsOf } from './setting-reader.ts';
import { findMisspelt } from './slips.ts';

type Found = SettingsOf<typeof CONNECTION_SETTINGS>;

/** What connections are read with. */
export interface ConnectionReading {
  readonly reader: SettingReader;
  readonly sources: ConfigurationSources;
  /** Of all connections: `CORE_`. */
  readonly prefixes: readonly string[];
}

/** Reads one connection; `null` when it lacks what nothing can be done without. Faults go to the reader. */
export function readConnection(
  declared: DeclaredConnection,
  { reader, sources, prefixes }: ConnectionReading,
): ConnectionSettings | null {
  const name = parseConnectionName(declared.name);
  // What is wrong with its settings is told all the same; what it lacks would be asked for by another name.
  if (!name.ok) reader.refuse(declaringPlace(declared), name.reason);
  const scope = toScope(declared);
  const found = reader.readAll(CONNECTION_SETTINGS, scope);
  const missing = name.ok ? missingIn({ declared, scope, reader, sources, prefixes }) : () => null;
  const backend = found.backend?.value ?? missing('backend', 'it is not set');
  const { schema: defaultSchema, pooled } = toValues(found);
  const { address, direct } = readAddresses(backend, {
    connection: declared.name,
    settings: found,
    reader,
    sources,
    missing,
  });
  const tenants = readTenants(name.ok ? name.name : null, found, reader);
  if (!name.ok || backend === null || address === null) return null;
  return {
    info: { name: name.name, backend, defaultSchema, tenants },
    address,
    pool: toPoolSettings(found),
    pooled: pooled === true,
    directAddress: direct,
  };
}

function readAddresses(
  backend: BackendName | null,
  init: AddressInit & { readonly settings: Found },
): { readonly address: ConnectionAddressSettings | null; readonly direct: PostgresAddressSettings | null } {
  // Of an unknown kind, an address is read as if it were PostgreSQL's: most are, and its faults are worth telling.
  if (backend === 'greptimedb' || backend === 'etcd') return { address: readHttpAddress(init), direct: null };
  const { settings, reader } = init;
  const address = readPostgresAddress(init);
  const { directUrl, pooled } = settings;
  if (directUrl === null) return { address, direct: null };
  if (pooled?.value !== true) {
    reader.refuse(
      { ...directUrl.place, mend: 'say that the connection is pooled as well, or leave this out' },
      'the connection is not said to be pooled, so nothing would go that way',
    );
  }
  return { address, direct: readDirectAddress(directUrl, address, init) };
}

function readTenants(own: ConnectionName | null, found: Found, reader: SettingReader): TenantSource | null {
  const { tenantsQuery, tenantsConnection } = found;
  if (tenantsQuery !== null) {
    const connection = tenantsConnection?.value ?? own;
    return connection === null ? null : { connection, query: tenantsQuery.value };
  }
  if (tenantsConnection !== null) {
    reader.refuse(
      { ...tenantsConnection.place, mend: 'set the query, too, or leave this out' },
      'there is no query to ask it',
    );
  }
  return null;
}

function toScope({ name, prefix, entry }: DeclaredConnection): SettingScope {
  const mapping = entry?.value.kind === 'mapping' ? entry.value : null;
  return { prefix, mapping, path: `connections.${name}.` };
}

function declaringPlace({ name, prefix, entry }: DeclaredConnection): Parameters<SettingReader['refuse']>[0] {
  return entry === null
    ? { label: `${prefix}BACKEND`, where: {}, mend: RENAME }
    : { label: `connections.${name}`, where: entry.where, mend: RENAME };
}

const RENAME = 'give the connection another name';

/** Makes what notes a missing setting: once, not when it is there and at fault, and with what it may have been misspelt as. */
function missingIn(
  init: ConnectionReading & { readonly declared: DeclaredConnection; readonly scope: SettingScope },
): AddressInit['missing'] {
  const { declared, scope, reader, sources, prefixes } = init;
  return (name, reason) => {
    const definition = CONNECTION_SETTINGS[name];
    const related = name === 'url' ? [definition, CONNECTION_SETTINGS.host] : [definition];
    if (related.some((one) => reader.isFaulty(one, scope))) return null;
    const variable = `${scope.prefix}${definition.variable}`;
    const misspelt = findMisspelt(sources.environment, variable, prefixes);
    const hint = misspelt === null ? '' : `; ${misspelt} is: did you mean ${variable}?`;
    const { entry } = declared;
    const label = entry === null ? variable : `${scope.path}${definition.key}`;
    const mend = `set ${label}, for example to ${definition.example}`;
    return reader.refuse({ label, where: entry?.where ?? {}, mend }, `${reason}${hint}`);
  };
}
