import { nameVariables } from '@bfm/core';
import type { HttpAddressSettings, PostgresAddressSettings } from './address.ts';
import type { CONNECTION_SETTINGS } from './connection-settings.ts';
import type { ConfigurationSources } from './configuration-sources.ts';
import { readHttpUrl } from './http-url.ts';
import { readPostgresUrl, type PostgresUrl } from './postgres-url.ts';
import { type Setting, type SettingPlace, type SettingReader, type SettingsOf } from './setting-reader.ts';
import { TlsReader } from './tls-reader.ts';
import type { TlsSettings } from './tls.ts';

/** The settings that an address is made of. */
export type AddressSettings = Pick<
  SettingsOf<typeof CONNECTION_SETTINGS>,
  | 'url'
  | 'host'
  | 'port'
  | 'database'
  | 'user'
  | 'password'
  | 'tlsMode'
  | 'tlsRootCert'
  | 'tlsCert'
  | 'tlsKey'
>;

/** What addresses are read with. */
export interface AddressInit {
  /** The connection's name. */
  readonly connection: string;
  readonly settings: AddressSettings;
  readonly reader: SettingReader;
  readonly sources: ConfigurationSources;
  /** Notes that a setting without which there is no address is not set. */
  readonly missing: (name: 'backend' | 'url' | 'database', reason: string) => null;
}

const POSTGRES_PORT = 5432;
const POSTGRES_USER = 'postgres';

/** Reads where a PostgreSQL connection leads; `null` when something is wrong with it. */
export function readPostgresAddress(init: AddressInit): PostgresAddressSettings | null {
  const url = chooseUrl(init.settings);
  return url === null ? fromParts(init) : fromUrl(url, init);
}

function fromParts(init: AddressInit): PostgresAddressSettings | null {
  const { settings, reader, sources } = init;
  const { host, database } = settings;
  if (host === null) return init.missing('url', 'neither it nor a host is set');
  const fault = hostFault(host.value);
  if (fault !== null) return reader.refuse(host.place, fault);
  if (database === null) return init.missing('database', 'a host is set, and no database');
  const tls = new TlsReader(reader, sources, { host: host.value, url: null, settings }).read();
  if (tls === null) return null;
  return { kind: 'postgresql', host: host.value, database: database.value, ...loginOf(settings), tls };
}

function loginOf({
  port,
  user,
  password,
}: AddressSettings): Pick<PostgresAddressSettings, 'port' | 'user' | 'password'> {
  return {
    port: port?.value ?? POSTGRES_PORT,
    user: user?.value ?? POSTGRES_USER,
    password: password?.value ?? '',
  };
}

/** Reads the way past a pooler; without a password of its own it takes the pooled one's. */
export function readDirectAddress(
  url: Setting<string>,
  pooled: PostgresAddressSettings | null,
  init: AddressInit,
): PostgresAddressSettings | null {
  const read = readUrl(url, init);
  if (read === null) return null;
  const tls = tlsOf(read, url.place, init);
  const password = read.password ?? (pooled?.user === read.user ? pooled.password : '');
  return tls === null ? null : toAddress(read, password, tls);
}

/** Reads where a store is that speaks HTTP; `null` when something is wrong with it. */
export function readHttpAddress(init: AddressInit): HttpAddressSettings | null {
  const url = chooseUrl(init.settings);
  const { password } = init.settings;
  if (url === null) return httpFromParts(init);
  const reading = readHttpUrl(url.value);
  if (!reading.ok) return refuseAll(url.place, reading.reasons, init);
  return { ...reading.value, password: reading.value.password || (password?.value ?? '') };
}

function httpFromParts({ settings, reader, missing }: AddressInit): HttpAddressSettings | null {
  const { host, port, database, user, password } = settings;
  if (host === null) return missing('url', 'neither it nor a host is set');
  const reading = readHttpUrl(`http://${host.value}${port === null ? '' : `:${port.value}`}`);
  if (!reading.ok) return reader.refuse(host.place, 'it is no host name');
  return {
    ...reading.value,
    database: database?.value ?? '',
    user: user?.value ?? '',
    password: password?.value ?? '',
  };
}

/** A URL, unless a host goes before it: one set as a variable beside a URL of bfm.yaml. */
function chooseUrl({ url, host }: AddressInit['settings']): Setting<string> | null {
  if (url === null || host === null) return url;
  return url.place.origin === 'document' && host.place.origin === 'environment' ? null : url;
}

function fromUrl(url: Setting<string>, init: AddressInit): PostgresAddressSettings | null {
  const read = readUrl(url, init);
  if (read === null) return null;
  const beside = besideUrl(url, init.settings);
  refuseOtherAnswers({ url, read, beside }, init.reader);
  const tls = tlsOf(read, url.place, init);
  return tls === null ? null : toAddress(read, read.password ?? beside.password?.value ?? '', tls);
}

/** The parts that are set where the URL is, or go before it. */
type BesideUrl = Pick<AddressInit['settings'], 'host' | 'port' | 'database' | 'user' | 'password'>;

function besideUrl(url: Setting<string>, settings: AddressInit['settings']): BesideUrl {
  const counted = <T>(setting: Setting<T> | null): Setting<T> | null =>
    setting?.place.origin === 'document' && url.place.origin === 'environment' ? null : setting;
  return {
    host: counted(settings.host),
    port: counted(settings.port),
    database: counted(settings.database),
    user: counted(settings.user),
    password: counted(settings.password),
  };
}

/** Nobody should have to know which of two answers wins when the question is which database is changed. */
function refuseOtherAnswers(
  {
    url,
    read,
    beside,
  }: { readonly url: Setting<string>; readonly read: PostgresUrl; readonly beside: BesideUrl },
  reader: SettingReader,
): void {
  const inUrl: Readonly<Record<keyof BesideUrl, string | number | null>> = {
    ...read,
    port: read.port ?? POSTGRES_PORT,
  };
  for (const [what, setting] of Object.entries(beside) as [keyof BesideUrl, BesideUrl[keyof BesideUrl]][]) {
    if (setting === null || inUrl[what] === null || setting.value === inUrl[what]) continue;
    const mend = `keep one of ${url.place.label} and ${setting.place.label}`;
    reader.refuse({ ...setting.place, mend }, `${url.place.label} names another ${what}`);
  }
}

function readUrl(url: Setting<string>, init: AddressInit): PostgresUrl | null {
  const reading = readPostgresUrl(url.value);
  return reading.ok ? reading.value : refuseAll(url.place, reading.reasons, init);
}

function tlsOf(
  { host, parameters }: PostgresUrl,
  place: SettingPlace,
  init: AddressInit,
): TlsSettings | null {
  const { settings, reader, sources } = init;
  return new TlsReader(reader, sources, { host, url: { parameters, place }, settings }).read();
}

function toAddress(url: PostgresUrl, password: string, tls: TlsSettings): PostgresAddressSettings {
  const { host, port, database, user } = url;
  return { kind: 'postgresql', host, port: port ?? POSTGRES_PORT, database, user, password, tls };
}

function refuseAll(
  place: SettingPlace,
  reasons: readonly string[],
  { reader, connection }: AddressInit,
): null {
  for (const reason of reasons) reader.refuse(place, nameVariables(reason, [connection]));
  return null;
}

function hostFault(host: string): string | null {
  if (host.startsWith('/')) return null;
  if (/^[^\s:]+:\d*$/.test(host)) return 'it holds a port, too, which is a setting of its own';
  return /^[^\s/?#@,]+$/.test(host)
    ? null
    : 'a host name, an IP address or the folder of a socket belongs here';
}
