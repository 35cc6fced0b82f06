import type { EngineEvent } from '@bfm/core';
import type { RunObserver } from '@bfm/service';

/** A request that has come. */
export interface TracedRequest {
  /** The method and the pattern of the route, or the method of gRPC: few names, and no value of anybody's. */
  readonly name: string;
  /** Of whoever asks; `null`: none. */
  readonly parent: string | null;
  readonly attributes: SpanAttributes;
}

/** What is told with a span: neither secrets nor anything out of migrations. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** The span of a request. */
export interface RequestSpan {
  /** What follows from the request is told to belong to it by this; `null`: nobody traces. */
  readonly traceparent: string | null;
  /** Once. @param failed whether it is a fault of the server */
  readonly end: (attributes: SpanAttributes, failed: boolean) => void;
}

/** Tells traces: of requests, of the runs that came of them, of the targets of these, and of the migrations on those. */
export interface Tracing extends RunObserver {
  readonly begin: (request: TracedRequest) => RequestSpan;
  /** Hears what the engine tells of a run. */
  readonly note: (runId: string, event: EngineEvent) => void;
  /** Sends what is left, for a few seconds at most. */
  readonly close: () => Promise<void>;
}

/** The span of a request that is not traced. */
export const NO_SPAN: RequestSpan = { traceparent: null, end: () => undefined };

/** Nobody wants traces. */
export const NO_TRACING: Tracing = {
  begin: () => NO_SPAN,
  note: () => undefined,
  taken: () => undefined,
  ended: () => undefined,
  left: () => undefined,
  close: () => Promise.resolve(),
};
