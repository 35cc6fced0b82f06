import { once } from 'node:events';
import { MigrationService } from '@bfm/contract';
import { BfmError } from '@bfm/core';
import type { DescMessage, Message } from '@bufbuild/protobuf';
import {
  Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type IsStillValid, watchToken } from '../admission/token-watch.ts';
import { type Admission, type ReportFault, toAddress } from './admission.ts';
import { type ErrorStatus, isInternal, type Scrub, toErrorStatus } from './error-status.ts';
import { METHOD_ACCESS, type MethodName } from './method-access.ts';
import { AbandonedCall, type OpenCall, type OpenCalls } from './open-calls.ts';
import type { CallContext, MigrationProcedures } from './procedures.ts';
import { encodeAnswer, type ReadRequest } from './service-definition.ts';

/** What handlers are made of. */
export interface HandlerParts<Caller> {
  readonly procedures: MigrationProcedures<Caller>;
  readonly admission: Admission<Caller>;
  readonly calls: OpenCalls;
  readonly report: ReportFault;
  readonly traceparentOf: (metadata: Metadata) => string | null;
  readonly isStillValid: IsStillValid<Caller>;
  readonly scrub: Scrub;
}

type UnaryCall = ServerUnaryCall<ReadRequest, Buffer>;
type StreamCall = ServerWritableStream<ReadRequest, Buffer>;

/** One method of the service. The types of procedures are made from the same descriptor, so that what goes in and out fits. */
interface Method {
  readonly name: MethodName;
  readonly path: string;
  readonly output: DescMessage;
  readonly procedure: (request: Message, context: CallContext<unknown>) => unknown;
}

/** Translates grpc-js's calls into calls of procedures, and their answers and errors back; it holds no policy. */
export function toHandlers<Caller>(parts: HandlerParts<Caller>): UntypedServiceImplementation {
  return Object.fromEntries(
    MigrationService.methods.map(({ name, localName, methodKind, output }) => {
      const path = `/${MigrationService.typeName}/${name}`;
      const own = localName as MethodName;
      const procedure = parts.procedures[own] as Method['procedure'];
      const method: Method = { name: own, path, output, procedure };
      return [
        localName,
        methodKind === 'server_streaming' ? toStreamHandler(method, parts) : toUnaryHandler(method, parts),
      ];
    }),
  );
}

function toUnaryHandler<Caller>(method: Method, parts: HandlerParts<Caller>) {
  return (call: UnaryCall, callback: sendUnaryData<Buffer>): void => {
    answerOnce(method, call, parts).then(
      (bytes) => {
        callback(null, bytes);
      },
      (error: unknown) => {
        callback(toStatus(error, method, parts));
      },
    );
  };
}

async function answerOnce<Caller>(
  method: Method,
  call: UnaryCall,
  parts: HandlerParts<Caller>,
): Promise<Buffer> {
  using open = parts.calls.begin(call);
  try {
    open.signal.throwIfAborted();
    const request = readMessage(call.request);
    const answer = await method.procedure(request, toContext(method, { call, open }, parts));
    return encodeAnswer(method.output, answer as Record<string, unknown>);
  } catch (error) {
    throw toCause(error, open.signal);
  }
}

function toStreamHandler<Caller>(method: Method, parts: HandlerParts<Caller>) {
  return (call: StreamCall): void => {
    answerInStream(method, call, parts).then(
      () => {
        call.end();
      },
      (error: unknown) => {
        call.emit('error', toStatus(error, method, parts));
      },
    );
  };
}

/** Takes a message only when there is room for it: a client that does not read holds up the procedure, not our memory. */
async function answerInStream<Caller>(
  method: Method,
  call: StreamCall,
  parts: HandlerParts<Caller>,
): Promise<void> {
  using open = parts.calls.begin(call);
  try {
    open.signal.throwIfAborted();
    const request = readMessage(call.request);
    const context = toContext(method, { call, open }, parts);
    using _watch = context.caller === null ? null : watchToken(context.caller, parts.isStillValid, open.end);
    const messages = method.procedure(request, context);
    for await (const message of messages as AsyncIterable<Record<string, unknown>>) {
      open.signal.throwIfAborted();
      const hasRoom = call.write(encodeAnswer(method.output, message));
      if (!hasRoom) await once(call, 'drain', { signal: open.signal });
    }
  } catch (error) {
    throw toCause(error, open.signal);
  }
}

/** Much that is interrupted says only that it was; the signal knows why. */
function toCause(error: unknown, signal: AbortSignal): unknown {
  const interrupted = error instanceof Error && error.name === 'AbortError';
  return signal.aborted && interrupted ? signal.reason : error;
}

function toContext<Caller>(
  { name }: Method,
  { call, open }: { readonly call: UnaryCall | StreamCall; readonly open: OpenCall },
  { admission, traceparentOf }: HandlerParts<Caller>,
): CallContext<Caller | null> {
  const isOpen = METHOD_ACCESS[name] === 'open';
  const admitted = isOpen ? { caller: null, requestId: '' } : admission.admitted(call.metadata);
  return {
    ...admitted,
    signal: open.signal,
    deadlineMs: open.deadlineMs,
    address: toAddress(call.getPeer()),
    traceparent: traceparentOf(call.metadata),
    header: (key) => {
      const [value] = call.metadata.get(key);
      return typeof value === 'string' ? value : null;
    },
  };
}

function readMessage(request: ReadRequest): Message {
  if ('message' in request) return request.message;
  throw new BfmError('request.invalid', {
    message: 'The request is not a message of this method, or holds text that is not UTF-8.',
    cause: request.unreadable,
    next: 'Compare the client with packages/contract/proto/migration.proto.',
  });
}

function toStatus<Caller>(
  error: unknown,
  { path }: Method,
  { report, scrub }: HandlerParts<Caller>,
): ErrorStatus {
  if (error instanceof AbandonedCall) {
    return { code: error.code, details: error.message, metadata: new Metadata() };
  }
  if (isInternal(error)) report(error, path);
  return toErrorStatus(error, scrub);
}
