import { diag, DiagLogLevel, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TraceSettings } from '@bfm/service';
import type { Logger } from 'pino';
import { beginRequest } from './request-spans.ts';
import { RunSpans } from './run-spans.ts';
import type { Tracing } from './tracing.ts';

/** What telling takes. */
interface Telling {
  /** Tells this process from others of its service. */
  readonly instance: string;
  /** Hears that traces could not be sent. */
  readonly log: Logger;
}

/** A collector that does not answer holds up nobody: what it does not take is dropped. */
const SPANS_MAX = 8_192;
const SEND_EVERY_MS = 1_000;
const SEND_WITHIN_MS = 3_000;

/** Sends traces to a collector. This file is loaded only where there is one: the libraries take their time. */
export function openTelemetry(
  { url, headers, serviceName }: TraceSettings,
  { instance, log }: Telling,
): Tracing {
  const note = (message: string): void => log.warn({ reason: message }, 'traces could not be sent');
  const none = (): void => undefined;
  diag.setLogger(
    { error: note, warn: note, info: none, debug: none, verbose: none },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: SEND_WITHIN_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instance }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: SPANS_MAX,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_WITHIN_MS,
      }),
    ],
  });
  const tracer: Tracer = provider.getTracer('bfm');
  const runs = new RunSpans(tracer);
  return {
    begin: (request) => beginRequest(request, tracer),
    note: (runId, event) => runs.note(runId, event),
    taken: runs.taken,
    ended: runs.ended,
    left: runs.left,
    close: async () => {
      const late = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => late.resolve(undefined), SEND_WITHIN_MS);
      await Promise.race([provider.shutdown().catch(none), late.promise]);
      clearTimeout(timer);
    },
  };
}
