import type { PlanStep } from '@bfm/core';
import type { StepPace } from './step-pace.ts';

/** So many transactions go together at most: a Ctrl-C waits for all that are sent. */
const TOGETHER_MAX = 16;

/** The same while nothing is known of how long they take. */
const UNKNOWN_TOGETHER_MAX = 8;

/** Characters of all their statements: together they fit into one group of messages. */
const TOGETHER_LENGTH_MAX = 32 * 1_024;

/**
 * Decides which of a target's steps, each a transaction of its own, are sent together. Behind an error the server
 * passes over everything up to the end of a group, so that no COMMIT in one can follow a statement that failed. What it
 * saves is a round trip for each: a third of what a small migration takes.
 */
export class Flights {
  readonly #steps: readonly PlanStep[];
  readonly #pace: StepPace;
  /** Grows while all is quick. */
  #unknownMax = 1;

  constructor(steps: readonly PlanStep[], pace: StepPace) {
    this.#steps = steps;
    this.#pace = pace;
  }

  /** How many steps from this one on go together, at least one. */
  sizeFrom(first: number): number {
    let length = 0;
    let size = 0;
    let unknown = 0;
    for (const step of this.#steps.slice(first, first + TOGETHER_MAX)) {
      length += lengthOf(step);
      if (!this.#pace.wasQuick(step)) unknown += 1;
      const fits = unknown <= this.#unknownMax && length <= TOGETHER_LENGTH_MAX && !needsAnswers(step);
      if (!fits) break;
      size += 1;
    }
    return Math.max(1, size);
  }

  /** Takes note of whether all that went together was quick. */
  note(wasQuick: boolean): void {
    this.#unknownMax = wasQuick ? Math.min(UNKNOWN_TOGETHER_MAX, this.#unknownMax * 2) : 1;
  }
}

function lengthOf({ statements }: PlanStep): number {
  return statements.reduce((sum, { text }) => sum + text.length, 0);
}

const answersNeeded = new WeakMap<PlanStep, boolean>();

/**
 * Tells whether a step's answers decide if it is committed: those of a post-condition, and notices that a name would be
 * cut short. Those come of long names, and of what builds statements while it runs.
 */
export function needsAnswers(step: PlanStep): boolean {
  const known = answersNeeded.get(step);
  if (known !== undefined) return known;
  const needs =
    // Not worth looking through, and alone anyway.
    lengthOf(step) > TOGETHER_LENGTH_MAX ||
    step.execution.verify !== null ||
    step.literalPlaceholder !== null ||
    step.statements.some(({ text }) => !PLAIN.test(text) || holdsLongName(text));
  answersNeeded.set(step, needs);
  return needs;
}

const PLAIN = /^(?:create|alter|drop|comment|insert|update|delete|truncate|grant|revoke)\b/i;

const NAME = /"(?:[^"]|"")*"|[\w$\u0080-\uffff]{16,}/g;
const NAME_BYTES_MAX = 63;

function holdsLongName(text: string): boolean {
  return (text.match(NAME) ?? []).some((name) => Buffer.byteLength(name) > NAME_BYTES_MAX);
}
