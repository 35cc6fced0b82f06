import type { PlanStep } from '@bfm/core';
import type { SeriesObserver } from '@bfm/engine';
import type { Written } from './flight-writer.ts';
import { RESET_COMMANDS } from './session-reset.ts';
import type { StepPace } from './step-pace.ts';
import {
  BEGIN,
  commitMessages,
  own,
  type SeriesMessage,
  type TransactionScript,
} from './transaction-messages.ts';

/** What the messages depend on, and who hears that they are taken. */
export interface FlightAround {
  readonly observer: SeriesObserver;
  readonly pace: StepPace;
  /** Of the whole series. */
  readonly steps: readonly PlanStep[];
  /** A commit has waited for the disk of late, so that the next one need not. */
  readonly isSynced: boolean;
  /** Nothing comes behind the flight and no answer decides about it: its last COMMIT goes with it, and waits. */
  readonly isLast: boolean;
}

/**
 * The messages of transactions that are sent together, each begun by the COMMIT of the one before: when that fails,
 * nothing of it runs. The session is reset inside each. The last one's COMMIT is among them when the series ends there.
 *
 * @param held steps of the transaction that is open, whose COMMIT goes first; `null` when none is
 */
export function* flightMessages(
  held: readonly number[] | null,
  flight: readonly Written[],
  around: FlightAround,
): Generator<SeriesMessage> {
  const [first, ...rest] = flight;
  if (first === undefined) return;
  if (held === null) yield own(BEGIN, first.steps[0] ?? 0);
  else yield* heldOpening(held, first, around);
  yield* announcedMessages(first.script, around.observer);
  let before = first;
  for (const written of rest) {
    for (const message of joinedOpening(before, written, around)) yield { ...message, joined: true };
    for (const message of written.script.messages()) yield { ...message, joined: true };
    before = written;
  }
  if (!around.isLast) return;
  const commit = commitMessages({ steps: before.steps, how: 'at once', waits: true, next: null });
  for (const message of commit) yield { ...message, joined: true };
}

/** Tells of each step as its first message is taken. */
export function* announcedMessages(
  script: TransactionScript,
  observer: SeriesObserver,
): Generator<SeriesMessage> {
  let announced = -1;
  for (const message of script.messages()) {
    if (message.purpose.step > announced) {
      announced = message.purpose.step;
      observer.stepSent(announced);
      observer.stepStarted(announced);
    }
    yield message;
  }
}

/** All answers of the transaction before are read. */
function* heldOpening(
  committing: readonly number[],
  { steps: [step = 0] }: Written,
  around: FlightAround,
): Generator<SeriesMessage> {
  const waits = !around.isSynced;
  const commit = commitMessages({ steps: committing, how: 'and chain', waits, next: null });
  // What is done is told at once, however long the next transaction takes.
  yield* flushed(commit, waits || !isKnown(step, around));
  yield* resets(step);
}

/** The transaction before is part of the same flight. */
function* joinedOpening(
  before: Written,
  { steps: [step = 0] }: Written,
  around: FlightAround,
): Generator<SeriesMessage> {
  around.observer.stepSent(step);
  const commit = commitMessages({ steps: before.steps, how: 'and chain', waits: false, next: step });
  yield* flushed(commit, !isKnown(step, around));
  yield* resets(step);
}

/** Known to be quick, so that its answers may come together with those before it. */
function isKnown(index: number, { pace, steps }: FlightAround): boolean {
  const step = steps[index];
  return step !== undefined && pace.wasQuick(step);
}

function flushed(messages: readonly SeriesMessage[], flush: boolean): readonly SeriesMessage[] {
  return messages.map((message) => ({ ...message, flush: flush && message.purpose.kind === 'commit' }));
}

function resets(step: number): readonly SeriesMessage[] {
  return RESET_COMMANDS.map((command) => own(command, step));
}
