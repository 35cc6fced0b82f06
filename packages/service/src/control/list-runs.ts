import type { PageRequest, RunFilter, StatePage, StoredRunHead } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';

/** Lists runs, the newest first. @throws {request.invalid} for a page that is none */
export function listRuns(
  filter: RunFilter,
  page: PageRequest,
  { state }: ControlContext,
): Promise<StatePage<StoredRunHead>> {
  return state.read(({ runs }) => runs.list(filter, page));
}
