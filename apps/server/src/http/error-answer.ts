import { BfmError, CATEGORIES, isBfmError } from '@bfm/core';
import type { Secrets } from '../log/secrets.ts';

/** An error as an answer. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How an error is told. */
export interface ErrorAnswerOptions {
  readonly v1: boolean;
  readonly secrets: Secrets;
}

/** After how long something that could not be reached may be there again. */
const RETRY_SECONDS = 5;

/** The answer to an error: status by the catalogue, shape by the route. What is no `BfmError` says nothing of itself. */
export function toErrorAnswer(error: BfmError, { v1, secrets }: ErrorAnswerOptions): ErrorAnswer {
  const { category, http } = error.spec;
  const status = http ?? CATEGORIES[category].http;
  const shown = v1
    ? { error: error.publicMessage }
    : {
        error: {
          code: error.code,
          message: error.publicMessage,
          details: error.details,
          next: error.next,
        },
      };
  return {
    // An error that ended a request cannot be its success, whatever a run that failed is to others.
    status: status === 200 ? 500 : status,
    headers: category === 'unavailable' ? { 'retry-after': String(toRetrySeconds(error)) } : {},
    body: secrets.scrub(
      JSON.stringify(shown, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ),
  };
}

/** Whether an error is a bug of ours, and not something the caller has done or has to know. */
export function isInternal(error: BfmError): boolean {
  return error.spec.category === 'internal';
}

/** Any error as one of the catalogue: fastify's own are the caller's faults, all others are ours. */
export function toBfmError(error: unknown): BfmError {
  if (isBfmError(error)) return error;
  const { code, statusCode = 500 } = error as { readonly code?: unknown; readonly statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new BfmError('request.too_large', { message: 'The body is too large.', next: 'Send less.' });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return toMediaTypeError();
  if (typeof code === 'string' && code.startsWith('FST_ERR_') && statusCode >= 400 && statusCode < 500) {
    return new BfmError('request.invalid', {
      message: 'The request cannot be read.',
      cause: error,
      next: 'Mend the request and send it again; nothing was done.',
    });
  }
  return new BfmError('internal.invariant', {
    message: 'Something went wrong in BFM itself. Its log tells more.',
    cause: error,
  });
}

/** What is said to a body that is not JSON. */
export function toMediaTypeError(): BfmError {
  return new BfmError('request.media_type', {
    message: 'The body has to be JSON, and not be compressed.',
    next: 'Send it with `Content-Type: application/json` and without Content-Encoding.',
  });
}

function toRetrySeconds({ details }: BfmError): number {
  const seconds = details['retrySeconds'];
  return typeof seconds === 'number' ? seconds : RETRY_SECONDS;
}
