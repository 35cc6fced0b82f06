import { ErrorInfoSchema, StatusSchema } from '@bfm/contract';
import { BfmError, CATEGORIES, isBfmError } from '@bfm/core';
import { create, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { Metadata, status } from '@grpc/grpc-js';

/** Takes secrets out of a text. */
export type Scrub = (text: string) => string;

/** What ends a call that was refused or failed. */
export interface ErrorStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Trailers are headers, and clients take few kilobytes of these. */
const MESSAGE_LENGTH_MAX = 2_000;
const DETAILS_LENGTH_MAX = 2_000;

/**
 * The status of an error: code by its category, text by its message, and the rest as google.rpc.ErrorInfo in
 * `grpc-status-details-bin`. What is no `BfmError` says nothing of itself, since nobody has looked whether it may.
 */
export function toErrorStatus(error: unknown, scrub: Scrub): ErrorStatus {
  const known = isBfmError(error) ? error : toInternal(error);
  const code = codeOf(known);
  const details = shorten(scrub(known.publicMessage));
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', toStatusDetails(known, { code, details, scrub }));
  return { code, details, metadata };
}

/** Whether an error is a bug of ours, and not something the caller has done or has to know. */
export function isInternal(error: unknown): boolean {
  return !isBfmError(error) || error.spec.category === 'internal';
}

function toInternal(cause: unknown): BfmError {
  return new BfmError('internal.invariant', {
    message: 'Something went wrong in BFM itself. Its log tells more.',
    cause,
  });
}

function codeOf(error: BfmError): status {
  const code = status[(error.spec.grpc ?? CATEGORIES[error.spec.category].grpc) as keyof typeof status];
  // An error that ended a call cannot be its success, whatever a run that failed is to others.
  return code === status.OK ? status.INTERNAL : code;
}

function toStatusDetails(
  error: BfmError,
  shown: { readonly code: status; readonly details: string; readonly scrub: Scrub },
): Buffer {
  const details = toJson(error.details, shown.scrub);
  const info = create(ErrorInfoSchema, {
    reason: error.code.replaceAll('.', '_').toUpperCase(),
    domain: 'bfm',
    metadata: {
      code: error.code,
      ...(error.next === null ? {} : { next: shorten(shown.scrub(error.next)) }),
      ...(details === null ? {} : { details }),
    },
  });
  return Buffer.from(
    toBinary(
      StatusSchema,
      create(StatusSchema, {
        code: shown.code,
        message: shown.details,
        details: [anyPack(ErrorInfoSchema, info)],
      }),
    ),
  );
}

/** `null` for what is empty, and for what is too long: half a JSON text is none. */
function toJson(details: BfmError['details'], scrub: Scrub): string | null {
  const json = JSON.stringify(details, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const text = scrub(json);
  return text === '{}' || text.length > DETAILS_LENGTH_MAX ? null : text;
}

function shorten(text: string): string {
  // A lone surrogate cannot be sent, and the cut may make one.
  return (
    text.length <= MESSAGE_LENGTH_MAX ? text : `${text.slice(0, MESSAGE_LENGTH_MAX)} ...`
  ).toWellFormed();
}
