import type { RunEvent, StoredRunHead } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import { runNotFound } from './find-run.ts';
import { hasEnded } from './run-ended.ts';

/** Events read at once: what a follower who does not read costs, 64 KiB each at most. */
const BATCH = 100;

/** Which run to follow, and from where. */
export interface Following {
  readonly runId: string;
  /** The last event that was seen; 0: none. */
  readonly afterSeq: number;
  /** Aborted: nothing more is wanted. The run goes on. */
  readonly signal: AbortSignal;
}

/**
 * Tells the events of a run, those of the past first, whichever process works on it; ends after `run.finished`. Whoever
 * was cut off goes on after the last event seen and misses none.
 *
 * @throws {run.not_found} {state.unavailable}
 */
export async function* followRun(following: Following, control: ControlContext): AsyncIterable<RunEvent> {
  const { runId, signal } = following;
  let seq = following.afterSeq;
  while (!signal.aborted) {
    const changed = control.changes.next(runId, signal);
    const { head, events } = await look(runId, seq, control);
    for (const event of events) {
      yield event;
      if (event.type === 'run.finished') return;
      seq = event.seq;
    }
    if (events.length < BATCH) {
      if (hasEnded(head)) {
        yield endOf(head, seq);
        return;
      }
      await changed;
    }
  }
}

/** The run is looked at first: one that has ended then has all of its events. */
function look(
  runId: string,
  seq: number,
  { state }: ControlContext,
): Promise<{ readonly head: StoredRunHead; readonly events: readonly RunEvent[] }> {
  return state.read(async ({ runs, events }) => {
    const head = await runs.head(runId);
    if (head === null) throw runNotFound(runId);
    return { head, events: await events.after(runId, seq, BATCH) };
  });
}

/** The end of a run that nobody had taken, or that was too long to tell of its end. */
function endOf({ status, summary, error, finishedAt, createdAt }: StoredRunHead, seq: number): RunEvent {
  return {
    seq: seq + 1,
    type: 'run.finished',
    at: finishedAt ?? createdAt,
    body: { status, summary, error },
  };
}
