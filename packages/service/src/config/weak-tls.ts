import type { ConnectionAddressSettings } from './address.ts';
import type { ConnectionSettings } from './configuration.ts';
import { isLocalHost } from './tls.ts';

/** A sentence for every connection to another machine that was told to trust it on less than its name and certificate. */
export function weakTlsWarnings(connections: readonly ConnectionSettings[]): readonly string[] {
  return connections.flatMap(({ info, address, directAddress }) =>
    [address, directAddress].flatMap((candidate) => {
      const meaning = candidate === null ? null : weakness(candidate);
      return meaning === null ? [] : [`connection ${info.name}: ${meaning}`];
    }),
  );
}

function weakness(address: ConnectionAddressSettings): string | null {
  if (address.kind !== 'postgresql' || isLocalHost(address.host)) return null;
  const { host, tls } = address;
  switch (tls.mode) {
    case 'verify-full':
      return null;
    case 'verify-ca':
      return `TLS to ${host} does not check its name (sslmode verify-ca); verify-full does`;
    case 'require':
      return `TLS to ${host} checks neither its name nor its certificate (sslmode require); verify-full does both`;
    case 'disable':
      return `what is said to ${host} is not encrypted (sslmode disable)`;
  }
}
