import type { Caller } from '@bfm/service';
import { BfmError } from '@bfm/core';
import type { RouteRequest } from '../http/route.ts';

/** Whom a token is, as authentication has found out. */
export type Identity = Pick<Caller, 'name' | 'tokenId' | 'role'>;

/** Who makes an HTTP request, for use cases. */
export function toCaller(request: RouteRequest<Identity>): Caller {
  const { caller, actor, requestId, address, method, path, traceparent } = request;
  if (caller === null) throw new BfmError('internal.invariant', { message: 'The route knows no caller.' });
  return {
    ...caller,
    ip: address,
    requestId,
    method: 'http',
    context: {
      connection_type: 'http',
      endpoint: path.slice(0, 512),
      method,
      request_id: requestId,
      executed_by: actor.executedBy,
      execution_method: actor.executionMethod,
      ...(traceparent === null ? {} : { traceparent }),
    },
  };
}
