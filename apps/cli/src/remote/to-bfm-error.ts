import { BfmError, ERROR_CATALOG, networkReason, type ErrorCode, type ErrorDetails } from '@bfm/core';
import { NoAnswerError, ServerError, type BfmClientError } from '@bfm/client';

/** What an error of a server is when it has no code that is known here. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'request.invalid',
  401: 'auth.invalid',
  403: 'auth.forbidden',
  404: 'request.not_found',
  413: 'request.too_large',
  429: 'request.too_many',
  502: 'server.unreachable',
  503: 'server.unreachable',
  504: 'server.unreachable',
};

/** What to do about errors whose own advice is for those who write requests by hand. */
const NEXT: Readonly<Partial<Record<ErrorCode, string>>> = {
  'auth.missing': 'set BFM_TOKEN to a token of the server, or BFM_TOKEN_FILE to a file that holds one',
  'auth.invalid':
    'it is unknown there, revoked or expired: set BFM_TOKEN or BFM_TOKEN_FILE to one that is good; whoever runs the server can make one',
  'request.not_found':
    'check the address after --server, and whether the server is as new as this program: bfm --version',
};

/** An error of the client as one of the catalogue: the server's own where there is one, so that text, `--json` and exit code are as in direct mode. */
export function toBfmError(error: BfmClientError, url: string): BfmError {
  if (error instanceof ServerError) return toServerError(error, url);
  if (error instanceof NoAnswerError) return noAnswer(error, url);
  return badAnswer(error, url);
}

function toServerError(error: ServerError, url: string): BfmError {
  const { status, message, next, details, requestId } = error;
  const code = toCode(error);
  if (code === 'server.unreachable') {
    return unreachable(`something before it answers ${status}`, url, { cause: error });
  }
  if (code === null) return badAnswer(error, url);
  const advice = NEXT[code] ?? next;
  return new BfmError(code, {
    message: code === 'internal.invariant' ? `the server at ${url} has a bug: ${message}` : message,
    details: withRequest(code, details, requestId),
    next: advice ?? 'the log of the server tells more',
    cause: error,
  });
}

function toCode({ code, status }: ServerError): ErrorCode | null {
  if (code !== null && Object.hasOwn(ERROR_CATALOG, code)) return code as ErrorCode;
  return BY_STATUS[status] ?? null;
}

/** By the id of its request, the server's log finds what its answer does not say. */
function withRequest(code: ErrorCode, details: ErrorDetails, requestId: string | null): ErrorDetails {
  if (requestId === null || ERROR_CATALOG[code].category !== 'internal') return details;
  return { ...details, request_id: requestId };
}

/** What happened is told in words where Node has a code for it. */
function noAnswer(error: NoAnswerError, url: string): BfmError {
  const { cause } = error;
  const found = networkReason(cause instanceof Error ? (cause.cause ?? cause) : null);
  const said = error.message.replace(/^[A-Z]+ \S+: (?:no answer: )?/, '').replaceAll(/\s+/g, ' ');
  const reason = /wrong version number/.test(said)
    ? 'what answers there speaks no TLS'
    : (found?.reason ?? said);
  return unreachable(reason, url, { cause: error });
}

function unreachable(reason: string, url: string, { cause }: { readonly cause: unknown }): BfmError {
  return new BfmError('server.unreachable', {
    message: `the BFM server at ${url} cannot be reached: ${reason}`,
    details: { address: url },
    next: reason.includes('certificate')
      ? 'set NODE_EXTRA_CA_CERTS to a file with the certificates that sign the server, or have its certificate mended'
      : `check the address, and that the server runs: curl -i ${url}/readyz`,
    cause,
  });
}

function badAnswer(error: BfmClientError, url: string): BfmError {
  return new BfmError('server.bad_answer', {
    message: `what answers at ${url} is no BFM server, or one of another version: ${error.message}`,
    details: { address: url },
    next: `check the address: curl -i ${url}/livez; and the version of this program: bfm --version`,
    cause: error,
  });
}
