import tls from 'node:tls';
import type { StateAddress } from './state-address.ts';

/**
 * What the TLS mode means to Node. Said in full rather than as `sslmode`, which node-postgres reads otherwise than libpq:
 * to it `require` verifies, and `verify-ca` looks at names.
 */
export function toTlsOptions({ host, tls: wanted }: StateAddress): tls.ConnectionOptions | false {
  const { mode, rootCertificates, client } = wanted;
  if (mode === 'disable') return false;
  const ca = rootCertificates === 'system' ? tls.getCACertificates('system') : rootCertificates;
  return {
    rejectUnauthorized: mode !== 'require',
    checkServerIdentity: (_name, certificate) =>
      mode === 'verify-full' ? tls.checkServerIdentity(host, certificate) : undefined,
    ...(ca === null ? {} : { ca }),
    ...(client === null ? {} : { cert: client.certificate, key: client.key }),
  };
}
