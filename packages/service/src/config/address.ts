import type { TlsSettings } from './tls.ts';

/** How to reach a store. */
export type ConnectionAddressSettings = PostgresAddressSettings | HttpAddressSettings;

/** One PostgreSQL database. */
export interface PostgresAddressSettings {
  readonly kind: 'postgresql';
  /** Host name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Empty: none is sent. */
  readonly password: string;
  readonly tls: TlsSettings;
}

/** A store that speaks HTTP. */
export interface HttpAddressSettings {
  readonly kind: 'http';
  /** Scheme, host and port. */
  readonly origin: string;
  /** Empty: none. */
  readonly database: string;
  /** Empty: nobody logs in. */
  readonly user: string;
  readonly password: string;
}

/** What a URL says, or everything that is wrong with it; no reason repeats any part of it. */
export type UrlReading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reasons: readonly string[] };
