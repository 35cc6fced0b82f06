import type { LogFormat } from '@bfm/service';
import type { DestinationStream } from 'pino';

/** Where lines of the log go: to stdout, unless somebody else takes them, as they are, or each made readable. */
export function logDestination(
  format: LogFormat,
  logTo: ((line: string) => void) | null,
): DestinationStream | null {
  if (format === 'json') return logTo === null ? null : { write: logTo };
  const write = logTo ?? ((line: string) => void process.stdout.write(line));
  return {
    write: (line) => {
      write(`${toText(line)}\n`);
    },
  };
}

interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly time: string;
  readonly module?: string;
  readonly msg?: string;
}

/** `2026-01-01T00:00:00.000Z info  http: request answered method=GET` */
export function toText(line: string): string {
  const { level, time, module, msg, ...fields } = JSON.parse(line) as LogLine;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${wordOf(value)}`);
  const head = `${time} ${level.padEnd(5)} ${module ?? 'server'}:`;
  return [head, escape(msg ?? ''), ...rest].filter((word) => word !== '').join(' ');
}

function wordOf(value: unknown): string {
  return typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}

/** What comes from outside must not draw on a terminal. */
function escape(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
