import type { ScopeRun } from '@bfm/service';
import { causeView, type FileFinder } from './error-view.ts';
import type { Look } from './look.ts';
import { groupByCause, toProblem } from './problem.ts';
import { count } from './wording.ts';

/** How changes of whole targets ended: one line, then every reason for which one was left as it was. */
export function scopeRunView(
  { outcomes }: ScopeRun,
  done: string,
  { files, look }: { readonly files: FileFinder; readonly look: Look },
): readonly string[] {
  const { paint, symbols } = look;
  const ended = outcomes.filter(({ outcome }) => outcome === 'done').flatMap(({ places }) => places);
  const errors = outcomes.flatMap(({ error }) => (error === null ? [] : [error]));
  const told = `${done} ${count(ended.length, 'target')}`;
  if (errors.length === 0) return [`${paint.good(symbols.tick)} ${told}.`];
  return [
    `${paint.bad(symbols.cross)} ${told}; ${count(errors.length, 'was left as it was', 'were left as they were')}.`,
    ...groupByCause(errors.map(toProblem)).flatMap((cause) => ['', ...causeView(cause, files, look)]),
  ];
}
