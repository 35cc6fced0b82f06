import { isBfmError, type BfmError } from '@bfm/core';

const SECRET_KEY =
  /pass(?:word|wd|phrase)?$|secret|token$|api[_-]?key|private[_-]?key|authorization|cookie|credential|dsn$/i;
const DEPTH_MAX = 8;
const PLACEHOLDER = '***';

/** A copy of a value for the log: what stands under a telling key is gone, errors are plain objects, and it has an end. */
export function redactKeys(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '...';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.map((item) => redactKeys(item, depth + 1));
  return Object.fromEntries(
    entriesOf(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) ? PLACEHOLDER : redactKeys(item, depth + 1),
    ]),
  );
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  const own = Object.entries(value);
  if (!(value instanceof Error)) return own;
  if (isBfmError(value) && value.details.where?.file !== undefined) return withoutQuotes(value);
  const { name, message, stack, cause } = value;
  const seen = new Set(['name', 'message', 'stack', 'cause']);
  return [
    ['name', name],
    ['message', message],
    ['stack', stack],
    ...(cause === undefined ? [] : [['cause', cause] as const]),
    ...own.filter(([key]) => !seen.has(key)),
  ];
}

/** What is wrong in a file may be told with a piece of it, which may hold anything; where it is says enough. */
function withoutQuotes({
  code,
  spec,
  stack = '',
  message,
  details: { where },
}: BfmError): ReturnType<typeof entriesOf> {
  return [
    ['name', 'BfmError'],
    ['code', code],
    ['message', spec.title],
    ['where', where],
    ['stack', stack.replaceAll(message, spec.title)],
  ];
}
