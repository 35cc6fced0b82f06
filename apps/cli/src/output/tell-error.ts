import { inspect } from 'node:util';
import type { BfmError } from '@bfm/core';
import { presentError } from '@bfm/service';
import { errorView } from './error-view.ts';
import { escapeJson } from './escape.ts';
import { withPlacesInJson } from './given-places.ts';
import { SourceFiles } from './source-files.ts';
import { createTerminal } from './terminal.ts';

/** How an error is to be told. */
export interface TellOptions {
  readonly json: boolean;
  readonly color: boolean;
  /** The folder of migrations, once it is known. */
  readonly sourceRoot: string | null;
}

/** Tells an error on stderr: as text, or with `--json` as the one document `{"error": ...}`. */
export function tellError(error: BfmError, { json, color, sourceRoot }: TellOptions): void {
  const { notes } = createTerminal({ json, color, quiet: false });
  if (json) {
    process.stderr.write(
      `${escapeJson(JSON.stringify({ error: presentError(error) }, withPlacesInJson, 2))}\n`,
    );
  } else notes.print(errorView(error, new SourceFiles(sourceRoot), notes.look));
  const wantsCause = error.code === 'internal.invariant' && (process.env['BFM_DEBUG'] ?? '') !== '';
  if (wantsCause) notes.print([inspect(error)]);
}
