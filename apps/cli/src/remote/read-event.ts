import type { RunEvent } from '@bfm/client';
import type { EngineEvent, StepRef, StepResult, Target } from '@bfm/core';
import { readError, type WireError } from './read-error.ts';

type Reader = (event: RunEvent) => object;

/** Makes an event of a run of what a server tells of it; `null`: it is none that a display shows. */
export function readEvent(event: RunEvent): EngineEvent | null {
  const read = Object.hasOwn(READERS, event.type) ? READERS[event.type] : undefined;
  return read === undefined ? null : ({ type: event.type, ...read(event) } as EngineEvent);
}

const READERS: Readonly<Record<string, Reader>> = {
  'target.waiting': (event) => ({
    target: readTarget(event),
    holder: {
      name: event['holder'],
      since: event['since'],
      token: event['token'] ?? null,
      ...(event['lease_ends_in_ms'] === undefined ? {} : { leaseEndsInMs: event['lease_ends_in_ms'] }),
    },
  }),
  'target.started': (event) => ({ target: readTarget(event), fencingToken: event['fencing_token'] }),
  'target.lost': (event) => ({ target: readTarget(event), error: errorOf(event) }),
  'target.finished': (event) => ({ target: readTarget(event), failed: event['failed'] }),
  'step.started': (event) => ({
    step: readRef(event),
    statements: event['statements'],
    attempt: event['attempt'],
  }),
  'step.retrying': (event) => ({
    step: readRef(event),
    attempt: event['attempt'],
    delayMs: event['delay_ms'],
    error: errorOf(event),
  }),
  'step.finished': (event) => ({ result: readResult(event) }),
  'step.undone': (event) => ({ result: readResult(event) }),
  'statement.finished': (event) => ({
    step: readRef(event),
    statement: event['statement'],
    durationMs: event['duration_ms'],
    command: event['command'],
    sql: event['sql'],
  }),
  'statement.progress': (event) => ({
    step: readRef(event),
    statement: event['statement'],
    progress: {
      phase: event['phase'],
      done: event['done'],
      total: event['total'],
      unit: event['unit'],
      waitingFor: event['waiting_for'],
    },
  }),
  notice: (event) => ({ step: readRef(event), severity: event['severity'], message: event['message'] }),
};

/** What events and recorded steps say of a step that has ended. */
type WireResult = Readonly<Record<string, unknown>>;

/** Makes a result of what a server tells of a step that has ended. */
export function readResult(wire: WireResult): StepResult {
  return {
    ...readRef(wire),
    outcome: wire['outcome'],
    durationMs: wire['duration_ms'],
    attempts: wire['attempts'],
    error: wire['error'] === undefined ? null : readError(wire['error'] as WireError),
  } as StepResult;
}

function readRef(wire: WireResult): StepRef {
  const { migration_id: migrationId, direction } = wire;
  return { target: readTarget(wire), migrationId, direction } as StepRef;
}

function readTarget({ backend, connection, schema }: WireResult): Target {
  return { backend, connection, schema } as Target;
}

function errorOf(event: RunEvent): ReturnType<typeof readError> {
  return readError((event['error'] ?? {}) as WireError);
}
