import type { MadeToken } from '@bfm/client';
import { madeTokenView } from '../../output/tokens-view.ts';
import type { Terminal } from '../../output/terminal.ts';

/** Tells a token that was made: its text alone on stdout, for a pipe, and the rest on stderr. */
export function tellToken({ token, text }: MadeToken, terminal: Terminal): void {
  terminal.data({ token, text });
  if (!terminal.json) terminal.people.stream.write(`${text}\n`);
  if (!terminal.quiet) terminal.notes.print(madeTokenView(token));
}
