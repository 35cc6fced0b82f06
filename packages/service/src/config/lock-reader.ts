import { didYouMean } from '@bfm/core';
import type { PostgresAddressSettings } from './address.ts';
import type { ConfigurationSources } from './configuration-sources.ts';
import { DEFAULT_LOCK_PREFIX, DEFAULT_LOCK_TTL_MS, type LOCK_SETTINGS } from './lock-settings.ts';
import { readPostgresUrl } from './postgres-url.ts';
import { readProviderUrl, type ProviderUrl } from './provider-url.ts';
import type { Setting, SettingReader, SettingsOf } from './setting-reader.ts';
import { TlsReader, type TlsInit } from './tls-reader.ts';
import { isLocalHost, type TlsSettings } from './tls.ts';

/** Where leases are handed out, which may hold a secret. */
export type LockAddressSettings = PostgresAddressSettings | EtcdLockSettings | RedisLockSettings;

/** An etcd cluster. */
export interface EtcdLockSettings {
  readonly kind: 'etcd';
  /** Each as `https://host:port`; at least one. */
  readonly endpoints: readonly string[];
  /** Names of the same hosts. */
  readonly hosts: readonly string[];
  /** Empty: nobody logs in. */
  readonly user: string;
  readonly password: string;
  readonly tls: TlsSettings;
}

/** A Redis server. */
export interface RedisLockSettings {
  readonly kind: 'redis';
  readonly host: string;
  readonly port: number;
  readonly database: number;
  /** Empty: the default user. */
  readonly user: string;
  /** Empty: nobody logs in. */
  readonly password: string;
  readonly tls: TlsSettings;
}

/** What keeps runs apart. */
export interface LockSettings {
  /** How long a holder that nobody hears of keeps others waiting. */
  readonly ttlMs: number;
  /** What keys begin with, where there are keys. */
  readonly prefix: string;
  /** `null`: nobody hands out leases. */
  readonly provider: LockAddressSettings | null;
}

type Found = SettingsOf<typeof LOCK_SETTINGS>;

/** What is read with. */
export interface LockReading {
  readonly reader: SettingReader;
  readonly sources: ConfigurationSources;
}

/** Reads what keeps runs apart. Faults go to the reader. */
export function readLockSettings(found: Found, reading: LockReading): LockSettings {
  const { lockUrl, lockTtlMs, lockPrefix } = found;
  if (lockUrl === null) refuseAlone(found, reading.reader);
  return {
    ttlMs: lockTtlMs?.value ?? DEFAULT_LOCK_TTL_MS,
    prefix: lockPrefix?.value ?? DEFAULT_LOCK_PREFIX,
    provider: lockUrl === null ? null : readAddress(lockUrl, found, reading),
  };
}

/** Settings of a provider that nobody named; where its URL is at fault, that is told already. */
function refuseAlone(found: Found, reader: SettingReader): void {
  if (reader.faults.some(({ message }) => /^(?:BFM_LOCK_URL|lock\.url)/.test(message))) return;
  const { lockPrefix, lockTlsMode, lockTlsRootCert, lockTlsCert, lockTlsKey } = found;
  for (const setting of [lockPrefix, lockTlsMode, lockTlsRootCert, lockTlsCert, lockTlsKey]) {
    if (setting === null) continue;
    const mend = 'set BFM_LOCK_URL (lock.url in bfm.yaml), too, or leave this out';
    reader.refuse({ ...setting.place, mend }, 'no provider of leases is named that it would belong to');
  }
}

type SchemeReader = (url: Setting<string>, found: Found, reading: LockReading) => LockAddressSettings | null;

const READERS: ReadonlyMap<string, SchemeReader> = new Map<string, SchemeReader>([
  ['postgres', readPostgres],
  ['postgresql', readPostgres],
  ['http', (url, found, reading) => readEtcd(url, found, { ...reading, encrypted: false })],
  ['https', (url, found, reading) => readEtcd(url, found, { ...reading, encrypted: true })],
  ['redis', (url, found, reading) => readRedis(url, found, { ...reading, encrypted: false })],
  ['rediss', (url, found, reading) => readRedis(url, found, { ...reading, encrypted: true })],
]);

function readAddress(url: Setting<string>, found: Found, reading: LockReading): LockAddressSettings | null {
  const scheme = /^([a-z][a-z0-9+.-]{0,20}):\/\//i.exec(url.value)?.[1]?.toLowerCase() ?? '';
  const read = READERS.get(scheme);
  if (read !== undefined) return read(url, found, reading);
  const hint = scheme === '' ? '' : didYouMean(scheme, [...READERS.keys()]);
  const reason = `it begins with none of postgres://, http:// or https:// (etcd), redis:// or rediss://${hint}`;
  return reading.reader.refuse(url.place, reason);
}

function readPostgres(
  url: Setting<string>,
  found: Found,
  reading: LockReading,
): PostgresAddressSettings | null {
  const read = readPostgresUrl(url.value);
  if (!read.ok) {
    for (const reason of read.reasons) {
      // What names settings of connections is no help here.
      reading.reader.refuse(url.place, reason.replace(/(?:: set|, or set) \{CONN\}.*$/, ''));
    }
    return null;
  }
  const { host, port, database, user, password, parameters } = read.value;
  const tls = readTls({ host, url: { parameters, place: url.place } }, found, reading);
  if (tls === null) return null;
  return {
    kind: 'postgresql',
    host,
    port: port ?? 5432,
    database,
    user,
    password: password ?? '',
    tls,
  };
}

interface SchemedReading extends LockReading {
  /** Whether the scheme of the URL says TLS. */
  readonly encrypted: boolean;
}

function readEtcd(url: Setting<string>, found: Found, reading: SchemedReading): EtcdLockSettings | null {
  const read = readUrl(url, reading);
  if (read === null) return null;
  const { hosts, user, password, path } = read;
  if (path !== '') return reading.reader.refuse(url.place, 'nothing may follow the hosts of an etcd cluster');
  const tls = tlsOf(url, found, { ...reading, hosts });
  if (tls === null) return null;
  const scheme = reading.encrypted ? 'https' : 'http';
  return {
    kind: 'etcd',
    endpoints: hosts.map(({ host, port }) => `${scheme}://${bracketed(host)}:${port ?? 2379}`),
    hosts: hosts.map(({ host }) => host),
    user,
    password,
    tls,
  };
}

function readRedis(url: Setting<string>, found: Found, reading: SchemedReading): RedisLockSettings | null {
  const read = readUrl(url, reading);
  if (read === null) return null;
  const { hosts, user, password, path } = read;
  const [{ host, port }, ...others] = hosts;
  if (others.length > 0) return reading.reader.refuse(url.place, 'it names several hosts; BFM goes to one');
  if (!/^\d{0,4}$/.test(path)) {
    return reading.reader.refuse(url.place, 'what follows the host is not the number of a database');
  }
  const tls = tlsOf(url, found, { ...reading, hosts });
  if (tls === null) return null;
  return { kind: 'redis', host, port: port ?? 6379, database: Number(path), user, password, tls };
}

function readUrl(url: Setting<string>, { reader }: LockReading): ProviderUrl | null {
  const read = readProviderUrl(url.value);
  if (read.ok) return read.value;
  for (const reason of read.reasons) reader.refuse(url.place, reason);
  return null;
}

/** Of several hosts the one that is farthest away counts. */
function tlsOf(
  { place }: Setting<string>,
  found: Found,
  reading: SchemedReading & Pick<ProviderUrl, 'hosts'>,
): TlsSettings | null {
  const { encrypted, hosts } = reading;
  const remote = hosts.find(({ host }) => !isLocalHost(host)) ?? hosts[0];
  return readTls({ host: remote.host, url: null, scheme: { encrypted, place } }, found, reading);
}

function readTls(
  init: Omit<TlsInit, 'settings'>,
  { lockTlsMode, lockTlsRootCert, lockTlsCert, lockTlsKey }: Found,
  { reader, sources }: LockReading,
): TlsSettings | null {
  const settings = {
    tlsMode: lockTlsMode,
    tlsRootCert: lockTlsRootCert,
    tlsCert: lockTlsCert,
    tlsKey: lockTlsKey,
  };
  return new TlsReader(reader, sources, { ...init, settings }).read();
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
