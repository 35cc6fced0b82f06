import tls from 'node:tls';
import type { PostgresAddress } from './connection-address.ts';

/**
 * What an address's TLS mode means to Node. Said in full rather than as `sslmode`, which node-postgres reads otherwise
 * than libpq: to it `require` verifies, and `verify-ca` looks at names.
 *
 * @param host whom the certificate must be for; `null`: whoever is connected to, where these options are for several
 */
export function toTlsOptions({
  host,
  tls: { mode, rootCertificates, client },
}: Pick<PostgresAddress, 'tls'> & { readonly host: string | null }): tls.ConnectionOptions | false {
  if (mode === 'disable') return false;
  return {
    rejectUnauthorized: mode !== 'require',
    checkServerIdentity: (name, certificate) =>
      mode === 'verify-full' ? tls.checkServerIdentity(host ?? name, certificate) : undefined,
    ...(rootCertificates === null ? {} : { ca: toRootCertificates(rootCertificates) }),
    ...(client === null ? {} : { cert: client.certificate, key: client.key }),
  };
}

function toRootCertificates(rootCertificates: string): string | string[] {
  return rootCertificates === 'system' ? tls.getCACertificates('system') : rootCertificates;
}
