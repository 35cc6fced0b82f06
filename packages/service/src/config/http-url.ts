import type { HttpAddressSettings, UrlReading } from './address.ts';

/** Reads `http://user:password@host:port/database`; no reason repeats any part of it. */
export function readHttpUrl(text: string): UrlReading<HttpAddressSettings> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    return { ok: false, reasons: ['it is not a URL of the form http://user:password@host:4000/database'] };
  }
  if (url.search !== '' || url.hash !== '') {
    return { ok: false, reasons: ['nothing may stand behind a ? or # in it'] };
  }
  try {
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    const database = decodeURIComponent(url.pathname.slice(1));
    return { ok: true, value: { kind: 'http', origin: url.origin, database, user, password } };
  } catch {
    return { ok: false, reasons: ['a % in it starts no valid escape; write %25 for a percent sign'] };
  }
}
