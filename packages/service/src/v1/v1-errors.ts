import { isBfmError, type BfmError, type ErrorCode, type Fault } from '@bfm/core';

/** Errors that end a request; all others are what the v1 wire lists in `errors`. */
const ENDING = ['auth', 'idempotency', 'internal', 'name', 'request', 'run', 'server', 'state', 'token'];

/** Whether an error is about what was to be run, and goes into the list of errors of an answer. */
export function isV1Outcome(error: unknown): error is BfmError {
  if (!isBfmError(error)) return false;
  const [area = ''] = error.code.split('.');
  return error.code === 'request.schema_required' || !ENDING.includes(area);
}

/** One thing that went wrong, as it is stored with a step or found while planning. */
export interface V1Problem {
  readonly code: string;
  readonly message: string;
  /** The entry that it is about, as answers name it; `null` when it is about none. */
  readonly entry: string | null;
  readonly schema: string | null;
}

/** The text of a problem: in the words of BFM v1 where it had any, else code and message. */
export function toV1Text({ code, message, entry, schema }: V1Problem): string {
  const place = entry === null ? '' : `${entry}: `;
  switch (code as ErrorCode) {
    case 'step.failed':
    case 'step.verify_failed':
    case 'step.timeout':
    case 'step.lock_timeout':
      return `${place}failed to execute migration: ${message}`;
    case 'requirement.unmet':
      return `${place}dependency validation failed: ${message}`;
    case 'migration.irreversible':
      return `schema ${schema ?? ''}: migration does not have rollback SQL`;
    default:
      return `${place}${code}: ${message}`;
  }
}

/** The texts of an error that stood against a plan: one for each thing that was found. @param schemas those that were asked for */
export function toV1Texts(error: BfmError, schemas: readonly string[] = []): readonly string[] {
  const { faults, where } = error.details;
  const found: readonly Pick<Fault, 'code' | 'message' | 'where'>[] = faults ?? [
    { code: error.code, message: error.message, where: where ?? {} },
  ];
  const texts = found.flatMap(({ code, message, where: place }) => {
    const of =
      code === 'migration.irreversible' && place.schema === undefined ? schemas : [place.schema ?? null];
    return of.map((schema) => toV1Text({ code, message, entry: place.migration_id ?? null, schema }));
  });
  return [...new Set(texts)];
}
