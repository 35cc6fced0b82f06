import type { PageRequest, StatePage, StoredStep } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';

const PAGE = 1_000;

/** Goes through what was recorded of a run's steps, in the order of its plan. */
export async function* eachRecorded(runId: string, { state }: ControlContext): AsyncIterable<StoredStep> {
  let after: string | null = null;
  do {
    const page: PageRequest = { limit: PAGE, after };
    const found: StatePage<StoredStep> = await state.read(({ steps }) => steps.ofRun(runId, page));
    yield* found.items;
    after = found.next;
  } while (after !== null);
}

/** Tells whether a step is as it was wanted. */
export function isDone({ outcome }: Pick<StoredStep, 'outcome'>): boolean {
  return outcome === 'applied' || outcome === 'rolled_back' || outcome === 'skipped';
}
