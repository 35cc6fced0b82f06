import { SECONDS, type ValueType } from './value-types.ts';

const LEASE_MS_MAX = 3_600_000;

/** How long a lease may be; one that lasts for days in the state is a clock gone wrong. */
export const LEASE: ValueType<number> = {
  ...SECONDS,
  description: 'time of a second to an hour: `15s`, `5min`',
  read: (text) => {
    const reading = SECONDS.read(text);
    if (!reading.ok || reading.value <= LEASE_MS_MAX) return reading;
    return { ok: false, reason: 'it is longer than 1 h' };
  },
};

/** Several texts with commas between them; at least one. */
export const LIST: ValueType<readonly string[]> = {
  description: 'list with commas',
  schema: { type: 'string', minLength: 1, pattern: '[^, \\t]' },
  read: (text) => {
    const items = text.split(',').map((item) => item.trim());
    const named = items.filter((item) => item !== '');
    return named.length > 0 && !text.includes('\0')
      ? { ok: true, value: named }
      : { ok: false, reason: 'nothing is listed' };
  },
};

/** An address of HTTP without anything secret in it. */
export const HTTP_URL: ValueType<string> = {
  description: 'address of HTTP',
  schema: { type: 'string', minLength: 1, pattern: '^https?://' },
  read: (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return { ok: false, reason: 'it is not an address such as https://collector:4318' };
    }
    return url.username === '' && url.password === ''
      ? { ok: true, value: text }
      : { ok: false, reason: 'it holds a user or password; put them into a header' };
  },
};

/** Headers as OpenTelemetry writes them: `name=value,name=value`, with `%` escapes in values. */
export const HEADERS: ValueType<Readonly<Record<string, string>>> = {
  description: 'list of headers',
  schema: { type: 'string', minLength: 1 },
  read: (text) => {
    const pairs = text.split(',').map((pair) => /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*?)\s*$/.exec(pair));
    try {
      const entries = pairs.map((pair) => {
        const value = decodeURIComponent(pair?.[2] ?? '%');
        if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new URIError('no header');
        return [pair?.[1] ?? '', value] as const;
      });
      return { ok: true, value: Object.fromEntries(entries) };
    } catch {
      return { ok: false, reason: 'it is not of the form name=value,name=value' };
    }
  },
};
