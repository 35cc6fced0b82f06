import type { MigrationService } from '@bfm/contract';
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { METHOD_ACCESS, MethodName } from './method-access.ts';

/** What a procedure knows of the call that it answers, besides the request. */
export interface CallContext<Caller> {
  /** Who calls, as authentication has found out. */
  readonly caller: Caller;
  /**
   * Aborted once nobody waits for the answer any more (the client went away, its deadline is over) or the server has to stop.
   * A procedure that waits must end its waiting then; a run that it follows goes on.
   */
  readonly signal: AbortSignal;
  /** When the client stops waiting, in milliseconds since 1970; `null` when it waits for as long as it takes. */
  readonly deadlineMs: number | null;
  /** Of the client. */
  readonly address: string;
  /** What the call is called in logs, audit and history; empty where nobody has to be let in. */
  readonly requestId: string;
  /** What belongs to the call is traced under this (W3C Trace Context); `null`: nobody traces. */
  readonly traceparent: string | null;
  /** One entry of the client's metadata; `null` when there is none, or when it is binary. */
  readonly header: (name: string) => string | null;
}

type CallOf<Name extends MethodName, Caller> = CallContext<
  (typeof METHOD_ACCESS)[Name] extends 'open' ? null : Caller
>;

type Answer<Kind, Message> = Kind extends 'server_streaming' ? AsyncIterable<Message> : Promise<Message>;

/** One method of the service: the request as it was read, the call, and the answer as plain data. */
export type Procedure<Name extends MethodName, Caller> = (typeof MigrationService.method)[Name] extends {
  readonly methodKind: infer Kind;
  readonly input: infer Input extends DescMessage;
  readonly output: infer Output extends DescMessage;
}
  ? (request: MessageShape<Input>, call: CallOf<Name, Caller>) => Answer<Kind, MessageInitShape<Output>>
  : never;

/**
 * All methods of the service, made from its descriptor: a method that the .proto file gets does not compile until it is here.
 * What a procedure refuses it throws as a `BfmError`. A stream is asked for its next message only when the client has room
 * for it, and is ended (`return`) when nobody reads on.
 */
export type MigrationProcedures<Caller> = {
  readonly [Name in MethodName]: Procedure<Name, Caller>;
};
