import { nextLine } from './error-view.ts';
import type { Look } from './look.ts';

/** A run that goes on at a server without this program. */
export interface LeftRun {
  readonly runId: string;
  readonly why: 'detached' | 'interrupted';
}

/** Says that a run goes on, and how to see or end it. */
export function leftRunView({ runId, why }: LeftRun, look: Look): readonly string[] {
  const text =
    why === 'detached' ? 'The run goes on at the server.' : 'Interrupted; the run goes on at the server.';
  return [
    why === 'detached' ? look.paint.dim(text) : look.paint.warn(text),
    nextLine(`bfm run watch ${runId}`, look),
    nextLine(`bfm run cancel ${runId}`, look),
  ];
}
