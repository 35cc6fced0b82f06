import type { StoredRunHead } from '@bfm/engine';

/** Tells whether nothing of a run will change any more. */
export function hasEnded({ status }: Pick<StoredRunHead, 'status'>): boolean {
  return status !== 'queued' && status !== 'paused' && status !== 'running';
}
