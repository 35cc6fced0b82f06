/** Why a server cannot be used, and what mends it. */
export interface NetworkReason {
  /** In words, without secrets. */
  readonly reason: string;
  /** Speaks of `{CONN}_...` variables, see `nameVariables`. */
  readonly next: string;
}

const CHECK = 'check address, user and password, and that the server is up';
const ROOT =
  'set {CONN}_SSLROOTCERT to the file with the certificates that sign the server, or to system for those of this machine';
const UNKNOWN_SIGNER: NetworkReason = {
  reason: 'its TLS certificate is signed by somebody unknown here',
  next: ROOT,
};
const BROKEN: NetworkReason = { reason: 'the connection broke', next: CHECK };

const BY_CODE: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: { reason: 'nothing listens there', next: 'start the server, or mend host and port' },
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  EHOSTUNREACH: { reason: 'there is no way to that host', next: CHECK },
  ENETUNREACH: { reason: 'there is no way to that network', next: CHECK },
  ENOTFOUND: { reason: 'the host name is not known', next: 'mend the host' },
  EAI_AGAIN: { reason: 'the host name cannot be looked up now', next: CHECK },
  ETIMEDOUT: { reason: 'no answer in time', next: CHECK },
  EMFILE: {
    reason: 'this process may open no more files and connections (ulimit -n)',
    next: 'raise ulimit -n, or lower --concurrency or {CONN}_MAX_CONNECTIONS; then run the same command again',
  },
  ENFILE: { reason: 'this machine has too many files open', next: 'raise fs.file-max of this machine' },
  CERT_HAS_EXPIRED: {
    reason: 'its TLS certificate has expired',
    next: 'renew the certificate of the server',
  },
  CERT_NOT_YET_VALID: {
    reason: 'its TLS certificate is not valid yet',
    next: 'compare the clocks of both machines, or renew the certificate of the server',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'its TLS certificate is signed by nobody but itself', next: ROOT },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_SIGNER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_SIGNER,
};

/**
 * What a system or TLS error of Node means; the codes are those of libuv and OpenSSL as Node names them.
 *
 * @returns `null` for what is no error of the network
 */
export function networkReason(error: unknown): NetworkReason | null {
  const { code, cert } = (error ?? {}) as { readonly code?: unknown; readonly cert?: Certificate };
  if (typeof code !== 'string') return null;
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? otherName(cert) : (BY_CODE[code] ?? null);
}

interface Certificate {
  readonly subjectaltname?: string;
}

/** The names are the server's own, and what a person needs to see. */
function otherName(certificate: Certificate | undefined): NetworkReason {
  const names = certificate?.subjectaltname ?? 'no names';
  return {
    reason: `its TLS certificate is for another host: ${names.slice(0, 200)}`,
    next: 'use a host that the certificate names; {CONN}_SSLMODE=verify-ca does without its name',
  };
}
