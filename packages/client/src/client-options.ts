import type { BfmClientError } from './errors.ts';
import { WEB_PLATFORM, type ClientPlatform } from './platform.ts';

/** How a client is made. */
export interface ClientOptions {
  /** Where the server is, such as `https://bfm.example.com`; a path in front of `/api` may follow. */
  readonly url: string;
  /** A token, or where to get one: asked for each request, and once more when the server does not accept it. */
  readonly token: string | (() => string | Promise<string>);
  /** How long one try may take until its answer begins, in milliseconds. @default 60000 */
  readonly timeoutMs?: number;
  /** How often a request is tried again that got no answer, or one that says to come back. @default 4 */
  readonly retries?: number;
  /** Whether a try that failed is made again, where that does no harm. @default always */
  readonly mayRetry?: (error: BfmClientError) => boolean;
  /** Lets the token be sent without encryption to another machine. @default false */
  readonly allowPlainHttp?: boolean;
  /** @default the platform of browsers and Node */
  readonly platform?: ClientPlatform;
}

/** The same, checked and whole. */
export interface ClientSettings {
  /** Without a slash at its end. */
  readonly base: string;
  readonly token: () => string | Promise<string>;
  /** Whether asking again may give another token. */
  readonly tokenChanges: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly mayRetry: (error: BfmClientError) => boolean;
  readonly platform: ClientPlatform;
}

/** What is wrong with an address. What was given is not repeated: there may be a password in it. */
export class AddressError extends TypeError {
  override readonly name: string = 'AddressError';
  readonly reason: 'no_address' | 'more_than_an_address' | 'clear_text';

  constructor(reason: AddressError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Checks options.
 *
 * @throws AddressError for an address that is none, holds a password, or would send the token in the clear
 */
export function readClientOptions(options: ClientOptions): ClientSettings {
  const { token, timeoutMs = 60_000, retries = 4, allowPlainHttp = false } = options;
  const url = parseAddress(options.url);
  if (url.protocol === 'http:' && !allowPlainHttp && !isThisMachine(url.hostname)) {
    throw new AddressError(
      'clear_text',
      `${url.origin} would get the token without encryption: use https, or say allowPlainHttp: true`,
    );
  }
  return {
    base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    token: typeof token === 'string' ? () => token : token,
    tokenChanges: typeof token !== 'string',
    timeoutMs,
    retries,
    mayRetry: options.mayRetry ?? (() => true),
    platform: options.platform ?? WEB_PLATFORM,
  };
}

function parseAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new AddressError('no_address', 'the address of a BFM server begins with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new AddressError(
      'more_than_an_address',
      'the address of a BFM server has no user, password, query or fragment in it',
    );
  }
  return url;
}

function isThisMachine(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host)
  );
}
