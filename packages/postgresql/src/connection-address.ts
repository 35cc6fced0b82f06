/** How to reach one PostgreSQL database; nothing in it is optional any more. */
export interface PostgresAddress {
  /** Host name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Empty: none is sent. */
  readonly password: string;
  readonly tls: PostgresTls;
  readonly advice: AddressAdvice;
}

/** What people need to hear of when an address does not work. */
export interface AddressAdvice {
  /** The connections that lead there: their variables are to be mended. Empty: nobody knows. */
  readonly connections: readonly string[];
  /** The command that starts the server; `null`: nobody knows. */
  readonly startedBy: string | null;
}

/** Nothing is known that would help. */
export const NO_ADVICE: AddressAdvice = { connections: [], startedBy: null };

/** How a connection is encrypted; modes mean what they mean to libpq. */
export interface PostgresTls {
  /**
   * `disable`: no TLS. `require`: TLS, whoever answers. `verify-ca`: a certificate that the root certificates sign.
   * `verify-full`: and it is the host's.
   */
  readonly mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** PEM; `system`: those of the operating system; `null`: those that Node brings. */
  readonly rootCertificates: string | null;
  /** What we log in with, as PEM; `null`: nothing. */
  readonly client: { readonly certificate: string; readonly key: string } | null;
}

/** Where a database is, for people: no user, no password. */
export function describeAddress({
  host,
  port,
  database,
}: Pick<PostgresAddress, 'host' | 'port' | 'database'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}
