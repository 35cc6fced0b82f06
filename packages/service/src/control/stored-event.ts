import type { BfmError, EngineEvent } from '@bfm/core';
import type { NewRunEvent } from '@bfm/engine';
import { presentEvent } from '../present/present-event.ts';
import { toStorable } from './storable.ts';
import { toStoredError } from './stored-step.ts';

/** An event as the state keeps it; `null` for what is told otherwise, or to nobody. */
export function toStoredEvent(event: EngineEvent): NewRunEvent | null {
  // A run may be gone through several times; its beginnings and its end are told by whoever knows of all of them.
  if (event.type === 'run.started' || event.type === 'run.finished' || event.type === 'target.asking') {
    return null;
  }
  const body = toStorable(presentEvent(event));
  const error = errorOf(event);
  return { type: event.type, body: error === null ? body : { ...body, error: toStoredError(error) } };
}

/** Tells whether followers may miss an event when there are too many. */
export function isDetail({ type }: NewRunEvent): boolean {
  return !type.startsWith('run.');
}

function errorOf(event: EngineEvent): BfmError | null {
  if (event.type === 'step.finished' || event.type === 'step.undone') return event.result.error;
  return event.type === 'target.lost' || event.type === 'step.retrying' ? event.error : null;
}
