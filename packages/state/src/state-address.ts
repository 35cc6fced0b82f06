/** How to reach the state's database; nothing in it is optional any more. */
export interface StateAddress {
  /** Host name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Empty: none is sent. */
  readonly password: string;
  readonly tls: StateTls;
}

/** How the connection is encrypted; modes mean what they mean to libpq. */
export interface StateTls {
  readonly mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** PEM; `system`: those of the operating system; `null`: those that Node brings. */
  readonly rootCertificates: string | null;
  /** What we log in with, as PEM; `null`: nothing. */
  readonly client: { readonly certificate: string; readonly key: string } | null;
}

/** Deadlines and sizes. */
export interface StateLimits {
  readonly connectionsMax: number;
  /** For getting a connection, a new one or one that another gives back. */
  readonly connectTimeoutMs: number;
  /** Of each statement, at the server; the client gives up a second later. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Limits when nobody says otherwise. */
export const DEFAULT_STATE_LIMITS: StateLimits = {
  connectionsMax: 10,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 15_000,
  lockTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
};

/** Where the state is, for people: no user, no password. */
export function describeState({ host, port, database }: StateAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}
