import type { ConnectionAddressSettings } from './address.ts';
import type { ConnectionSettings } from './configuration.ts';
import type { LockAddressSettings } from './lock-reader.ts';
import { isLocalHost, type TlsSettings } from './tls.ts';

/** A sentence for every connection to another machine that was told to trust it on less than its name and certificate. */
export function weakTlsWarnings(
  connections: readonly ConnectionSettings[],
  lock: LockAddressSettings | null,
): readonly string[] {
  const ofLock = lock === null ? null : lockWeakness(lock);
  const ofConnections = connections.flatMap(({ info, address, directAddress }) =>
    [address, directAddress].flatMap((candidate) => {
      const meaning = candidate === null ? null : weakness(candidate);
      return meaning === null ? [] : [`connection ${info.name}: ${meaning}`];
    }),
  );
  return ofLock === null ? ofConnections : [...ofConnections, `locks: ${ofLock}`];
}

function weakness(address: ConnectionAddressSettings): string | null {
  return address.kind === 'postgresql' ? weaknessOf(address) : null;
}

function lockWeakness(address: LockAddressSettings): string | null {
  const hosts = address.kind === 'etcd' ? address.hosts : [address.host];
  const remote = hosts.find((host) => !isLocalHost(host));
  return remote === undefined ? null : weaknessOf({ host: remote, tls: address.tls });
}

/** What TLS to a host does not prove; `null`: nothing is missing, or it stays on this machine. */
export function weaknessOf({
  host,
  tls,
}: {
  readonly host: string;
  readonly tls: TlsSettings;
}): string | null {
  if (isLocalHost(host)) return null;
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
