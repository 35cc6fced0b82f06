/** What an error of a server says. */
export interface ServerErrorBody {
  /** One of the codes of docs/errors.md; `null` on routes of BFM v1, which have none. */
  readonly code: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What to do about it. */
  readonly next: string | null;
}

/** What else is known of a request that failed. */
export interface FailedRequest {
  /** Such as `POST /api/v1/runs`. */
  readonly request: string;
  /** By which the server's log finds it; `null`: there was no answer. */
  readonly requestId: string | null;
}

/** Any error of the client. Nothing in it is a secret. */
export class BfmClientError extends Error {
  override readonly name: string = 'BfmClientError';
  readonly request: string;
  readonly requestId: string | null;

  constructor(message: string, { request, requestId }: FailedRequest, options?: ErrorOptions) {
    super(message, options);
    this.request = request;
    this.requestId = requestId;
  }
}

/** There was no answer, however often it was tried. Whether a change was made is not known: the same key finds out. */
export class NoAnswerError extends BfmClientError {
  override readonly name: string = 'NoAnswerError';
}

/** It took longer than allowed. Whether a change was made is not known: the same key finds out. */
export class TimedOutError extends NoAnswerError {
  override readonly name: string = 'TimedOutError';
}

/** The answer is none of a BFM server. */
export class BadAnswerError extends BfmClientError {
  override readonly name: string = 'BadAnswerError';
}

/** The server refused or failed; what it said. */
export class ServerError extends BfmClientError {
  override readonly name: string = 'ServerError';
  readonly status: number;
  readonly code: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly next: string | null;

  constructor(status: number, body: ServerErrorBody, failed: FailedRequest) {
    super(body.message, failed);
    this.status = status;
    this.code = body.code;
    this.details = body.details;
    this.next = body.next;
  }
}

/** 400, 413, 415: the request is not valid. Sending it again changes nothing. */
export class InvalidRequestError extends ServerError {
  override readonly name: string = 'InvalidRequestError';
}

/** 401: no token, or one that is not accepted (any more). */
export class UnauthenticatedError extends ServerError {
  override readonly name: string = 'UnauthenticatedError';
}

/** 403: the token does not allow it. */
export class ForbiddenError extends ServerError {
  override readonly name: string = 'ForbiddenError';
}

/** 404: there is no such thing, or not for this token. */
export class NotFoundError extends ServerError {
  override readonly name: string = 'NotFoundError';
}

/** 409: somebody else is at it, holds what is wanted, or has changed it since it was looked at. */
export class ConflictError extends ServerError {
  override readonly name: string = 'ConflictError';
}

/** 422: a person must decide: drift, a migration that needs attention, a key used for something else. */
export class DecisionNeededError extends ServerError {
  override readonly name: string = 'DecisionNeededError';
}

/** 429: too many requests, and waiting as the server asked did not help. */
export class TooManyRequestsError extends ServerError {
  override readonly name: string = 'TooManyRequestsError';
}

/** 501: this server cannot do that. */
export class UnsupportedError extends ServerError {
  override readonly name: string = 'UnsupportedError';
}

/** 502, 503, 504: the server, its state or a target cannot be reached. */
export class UnavailableError extends ServerError {
  override readonly name: string = 'UnavailableError';
}

const BY_STATUS: Readonly<Record<number, typeof ServerError>> = {
  400: InvalidRequestError,
  401: UnauthenticatedError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  413: InvalidRequestError,
  415: InvalidRequestError,
  422: DecisionNeededError,
  429: TooManyRequestsError,
  501: UnsupportedError,
  502: UnavailableError,
  503: UnavailableError,
  504: UnavailableError,
};

/** The error of a status. */
export function toServerError(status: number, body: ServerErrorBody, failed: FailedRequest): ServerError {
  return new (BY_STATUS[status] ?? ServerError)(status, body, failed);
}
