import type { UrlReading } from './address.ts';

/** A host of a provider of leases. */
export interface ProviderHost {
  /** An IPv6 address without brackets. */
  readonly host: string;
  /** `null`: the usual one. */
  readonly port: number | null;
}

/** What the URL of a provider of leases says, whatever its kind. */
export interface ProviderUrl {
  readonly hosts: readonly [ProviderHost, ...ProviderHost[]];
  /** Empty: nobody logs in. */
  readonly user: string;
  readonly password: string;
  /** What stands behind the first `/`. */
  readonly path: string;
}

const ESCAPES = 'in user and password, write / as %2F, # as %23, ? as %3F, % as %25, @ as %40, : as %3A';

/** Reads `scheme://user:password@host:port,host:port/path`; no reason repeats any part of it. */
export function readProviderUrl(text: string): UrlReading<ProviderUrl> {
  const match = /^[a-z]+:\/\/(?:([^@/?#]*)@)?([^@/?#\s]+)(?:\/([^@?#\s]*))?$/i.exec(text);
  if (match === null) {
    return { ok: false, reasons: [`what follows its :// is not user:password@host:port; ${ESCAPES}`] };
  }
  const [, login = '', names = '', path = ''] = match;
  const who = readLogin(login);
  if (who === null) {
    return { ok: false, reasons: ['a % in it starts no valid escape; write %25 for a percent sign'] };
  }
  const hosts = names.split(',').map(readHost);
  const [first, ...rest] = hosts.filter((host) => host !== null);
  if (first === undefined || rest.length + 1 < hosts.length) {
    return { ok: false, reasons: ['a host in it is none, or its port is not a number from 1 to 65535'] };
  }
  return { ok: true, value: { hosts: [first, ...rest], ...who, path } };
}

function readLogin(text: string): Pick<ProviderUrl, 'user' | 'password'> | null {
  const [user = '', ...rest] = text.split(':');
  try {
    return { user: decodeURIComponent(user), password: decodeURIComponent(rest.join(':')) };
  } catch {
    return null;
  }
}

function readHost(text: string): ProviderHost | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? null : Number(match[3]);
  return host === undefined || port === 0 || (port ?? 0) > 65_535 ? null : { host, port };
}
