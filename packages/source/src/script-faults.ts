import type { ErrorCode, Fault, MigrationId, Script } from '@bfm/core';
import { excerptAt } from './text/excerpt.ts';
import { placeAt } from '@bfm/core';

/** What is wrong at one place of a script. */
export interface ScriptFaultInit {
  readonly code: ErrorCode;
  /** UTF-16 index in the script's text. */
  readonly index: number;
  /** 1-based. */
  readonly statement?: number;
  readonly message: string;
  readonly mend: string;
}

/** Makes a fault of a script: its message ends with an excerpt (at most 80 characters, escaped) of what stands there. */
export function scriptFault(
  script: Pick<Script, 'path' | 'text'>,
  id: MigrationId,
  init: ScriptFaultInit,
): Fault {
  const excerpt = excerptAt(script.text, init.index);
  return {
    code: init.code,
    message: excerpt === '' ? init.message : `${init.message}: ${excerpt}`,
    mend: init.mend,
    where: {
      file: script.path,
      ...placeAt(script.text, init.index),
      ...(init.statement === undefined ? {} : { statement: init.statement }),
      migration_id: id,
    },
  };
}
