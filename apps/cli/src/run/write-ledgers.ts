import { describeHolder } from '@bfm/core';
import { editExitCode, type EditRun, type EditSettings } from '@bfm/service';
import type { Session } from '../commands/session.ts';
import type { EditSettingsOptions } from '../options/option-types.ts';
import { editSummaryView } from '../output/edit-summary-view.ts';
import { toEditSettings } from './edit-settings.ts';
import { Interrupts } from './interrupts.ts';

/** An edit of ledgers, and how programs are told of it. */
export interface LedgerEdit {
  readonly write: (settings: EditSettings) => Promise<EditRun>;
  readonly present: (run: EditRun) => Readonly<Record<string, unknown>>;
}

/**
 * Writes an edit, listening to Ctrl-C, and tells how it went.
 *
 * @returns the exit code
 */
export async function writeLedgers(
  { write, present }: LedgerEdit,
  options: EditSettingsOptions,
  { terminal, files, listen }: Session,
): Promise<number> {
  const { print, look } = terminal.people;
  using interrupts = new Interrupts({
    say: (line) => {
      print([look.paint.warn(line)]);
    },
    graceMs: null,
  });
  listen((event) => {
    if (event.type === 'target.waiting') {
      print([look.paint.dim(`waiting for ${describeHolder(event.holder)}`)]);
    }
  });
  const run = await write(toEditSettings(options, interrupts.stop));
  terminal.data(present(run));
  const exitCode = editExitCode(run);
  const screen = exitCode === 0 ? terminal.people : terminal.urgent;
  screen.print(editSummaryView(run, files, screen.look));
  return exitCode;
}
