/** What TLS has to prove, weakest first; the words and their meanings are libpq's. */
export const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

/** One of them. */
export type TlsMode = (typeof TLS_MODES)[number];

/** How a connection is encrypted, with everything read that files hold. */
export interface TlsSettings {
  /**
   * `disable`: no TLS. `require`: TLS, whoever answers. `verify-ca`: a certificate that the root certificates sign.
   * `verify-full`: and it is the host's.
   */
  readonly mode: TlsMode;
  /** PEM; `system`: those of the operating system alone; `null`: those of the system and of Node. */
  readonly rootCertificates: string | null;
  /** What we log in with; `null`: nothing. */
  readonly client: ClientCertificate | null;
}

/** A certificate and its key, as PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Means the certificates of the operating system, as in libpq. */
export const SYSTEM_CERTIFICATES = 'system';

/** Whether what is said to a host stays on this machine: a socket, `localhost`, `127.0.0.0/8` and `::1`. */
export function isLocalHost(host: string): boolean {
  return isSocket(host) || host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether a host is the folder of a Unix socket. */
export function isSocket(host: string): boolean {
  return host.startsWith('/');
}
