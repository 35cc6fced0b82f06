import type { TraceSettings } from '@bfm/service';
import type { Logger } from 'pino';
import { NO_TRACING, type Tracing } from './tracing.ts';

/** What traces are sent with. */
export interface OpenTracingOptions {
  /** `null`: nobody wants any, and nothing is loaded. */
  readonly settings: TraceSettings | null;
  /** Tells this process from others of its service. */
  readonly instance: string;
  /** Hears that traces could not be sent. */
  readonly log: Logger;
}

/** Begins to tell traces. */
export async function openTracing({ settings, instance, log }: OpenTracingOptions): Promise<Tracing> {
  if (settings === null) return NO_TRACING;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry(settings, { instance, log });
}
