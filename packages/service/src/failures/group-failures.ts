import {
  targetKey,
  type BfmError,
  type Direction,
  type MigrationId,
  type StepResult,
  type Target,
} from '@bfm/core';

/** Why steps failed or could not be begun: one cause, however many targets it hit. */
export interface FailureCause {
  readonly code: BfmError['code'];
  /** `null` when no migration is to blame, such as for a target that another run holds. */
  readonly migrationId: MigrationId | null;
  /** The text of the first, for several targets with `*` for the schema. */
  readonly message: string;
  /** The first of the errors, with all that it tells. */
  readonly error: BfmError;
  /** Each once, in the order met. */
  readonly targets: readonly Target[];
}

/**
 * Puts failures with one cause together, those that hit the most targets first. What merely follows from them (steps that
 * are blocked) and what people asked for (cancelling) is no failure. Errors are alike when code, migration, statement
 * and SQLSTATE are, and their texts apart from the schema's name, numbers and other ids.
 */
export function groupFailures(steps: Iterable<StepResult>): readonly FailureCause[] {
  const causes = new Map<string, OpenCause>();
  for (const step of steps) {
    const { error, target } = step;
    if (error === null || !isFailure(step)) continue;
    const key = keyOf(step, error);
    const known = causes.get(key);
    if (known !== undefined) known.targets.set(targetKey(target), target);
    else causes.set(key, { first: step, error, targets: new Map([[targetKey(target), target]]) });
  }
  return [...causes.values()].map(close).sort((a, b) => b.targets.length - a.targets.length);
}

interface OpenCause {
  readonly first: StepResult;
  readonly error: BfmError;
  readonly targets: Map<string, Target>;
}

function close({ first, error, targets }: OpenCause): FailureCause {
  const several = targets.size > 1;
  return {
    code: error.code,
    migrationId: isOfStep(first) ? first.migrationId : null,
    message: several ? withoutSchema(error.message, first.target) : error.message,
    error,
    targets: [...targets.values()],
  };
}

/** True for what a person has to look into, and not for what merely follows from it or was asked for. */
function isFailure({ outcome, error }: StepResult): boolean {
  if (error?.code === 'run.cancelled') return false;
  if (outcome === 'not_started') return error?.code !== 'step.blocked';
  return outcome === 'failed' || outcome === 'needs_attention';
}

/** What keeps a whole target from being begun, such as a lock, is not about a step. */
function isOfStep({ outcome }: Pick<StepResult, 'outcome'>): boolean {
  return outcome !== 'not_started';
}

function keyOf(step: StepResult, error: BfmError): string {
  const { where, sqlstate } = error.details;
  const place: readonly (MigrationId | Direction)[] = isOfStep(step)
    ? [step.migrationId, step.direction]
    : [];
  return [
    error.code,
    step.target.connection,
    ...place,
    where?.statement ?? '',
    typeof sqlstate === 'string' ? sqlstate : '',
    // Who was in the way, and for how long, is another story in each target.
    error.code === 'step.lock_timeout' ? '' : withoutIds(withoutSchema(error.message, step.target)),
  ].join('\n');
}

/** A message with the schema's name replaced by a sign, so that equal causes in different tenants read the same. */
function withoutSchema(message: string, { schema }: Target): string {
  const name = schema.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return message.replace(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'gu'), '*');
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const SESSION = /(?<=session )[0-9a-f]+/g;

function withoutIds(message: string): string {
  return message.replace(UUID, '*').replace(SESSION, '*').replace(/\d+/g, '#');
}
