import type { LogLevel, LogModule } from '@bfm/service';
import { type DestinationStream, type Logger, pino } from 'pino';
import { redactKeys } from './redact-keys.ts';
import type { Secrets } from './secrets.ts';

/** What a log is made of. */
export interface ServerLogOptions {
  readonly level: LogLevel;
  /** Other levels for some modules. */
  readonly levels: Readonly<Partial<Record<LogModule, LogLevel>>>;
  readonly secrets: Secrets;
  /** Where the lines go; `null` is stdout. */
  readonly destination: DestinationStream | null;
}

/** Gives every module its log. */
export type ServerLog = (module: LogModule) => Logger;

/** JSON lines without secrets: none under a telling key, and none of the known ones in any text, in whatever form. */
export function createServerLog({ level, levels, secrets, destination }: ServerLogOptions): ServerLog {
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: redactKeys },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactKeys(fields) as Record<string, unknown>,
        bindings: (fields) => redactKeys(fields) as Record<string, unknown>,
      },
      hooks: { streamWrite: (line) => secrets.scrub(line) },
    },
    destination ?? pino.destination(1),
  );
  return (module) => root.child({ module }, { level: levels[module] ?? level });
}
