import type { Caller } from '@bfm/service';
import type { CallContext } from '../grpc/procedures.ts';
import type { Identity } from '../routes/request-caller.ts';

/** Who makes a gRPC call, for use cases. */
export function toGrpcCaller(call: CallContext<Identity>, method: string): Caller {
  const { caller, address, requestId, traceparent } = call;
  return {
    ...caller,
    ip: address,
    requestId,
    method: 'grpc',
    context: {
      connection_type: 'grpc',
      endpoint: `/migration.MigrationService/${method}`,
      method,
      request_id: requestId,
      executed_by: 'grpc_client',
      execution_method: 'api',
      ...(traceparent === null ? {} : { traceparent }),
    },
  };
}
