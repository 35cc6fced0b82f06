import { type Context, ROOT_CONTEXT, type Span, trace, TraceFlags } from '@opentelemetry/api';

/** What a `traceparent` says, to begin spans under. @param traceparent as {@link readTraceParent} gives it */
export function toContext(traceparent: string | null): Context {
  if (traceparent === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** What others begin spans with under this one. */
export function toTraceParent(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
