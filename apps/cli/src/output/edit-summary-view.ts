import type { EditRun } from '@bfm/service';
import { causeView, type FileFinder } from './error-view.ts';
import type { Look } from './look.ts';
import { groupByCause, toProblem } from './problem.ts';
import { count, formatNumber } from './wording.ts';

/** How the editing of ledgers ended: one line, then every reason for which a target was left as it was. */
export function editSummaryView({ results }: EditRun, files: FileFinder, look: Look): readonly string[] {
  const { paint, symbols } = look;
  const done = results.filter(({ outcome }) => outcome === 'done');
  const errors = results.flatMap(({ error }) => (error === null ? [] : [error]));
  const rows = done.reduce((sum, { edit }) => sum + edit.changes.length, 0);
  const told = `Changed ${count(rows, 'ledger entry', 'ledger entries')} on ${count(done.length, 'target')}`;
  if (errors.length === 0) return [`${paint.good(symbols.tick)} ${told}.`];
  const causes = groupByCause(errors.map(toProblem));
  return [
    `${paint.bad(symbols.cross)} ${told}; ${formatNumber(errors.length)} ${errors.length === 1 ? 'was' : 'were'} left as ${errors.length === 1 ? 'it was' : 'they were'}.`,
    ...causes.flatMap((cause) => ['', ...causeView(cause, files, look)]),
  ];
}
