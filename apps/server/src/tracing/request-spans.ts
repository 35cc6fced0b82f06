import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { toContext, toTraceParent } from './span-context.ts';
import type { RequestSpan, TracedRequest } from './tracing.ts';

/** Begins the span of a request. */
export function beginRequest({ name, parent, attributes }: TracedRequest, tracer: Tracer): RequestSpan {
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, toContext(parent));
  return {
    traceparent: toTraceParent(span),
    end: (more, failed) => {
      span.setAttributes(more);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
