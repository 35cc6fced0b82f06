import type { Environment } from './configuration-sources.ts';
import { HEADERS, HTTP_URL } from './server-types.ts';
import type { SERVER_SETTINGS } from './server-settings.ts';
import type { SettingReader, ValuesOf } from './setting-reader.ts';
import type { ValueType } from './value-types.ts';

/** Where traces go. */
export interface TraceSettings {
  /** Takes OTLP over HTTP as JSON; the whole address. */
  readonly url: string;
  /** Sent with every request; secrets, most of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the process is called in traces. */
  readonly serviceName: string;
}

const PATH = '/v1/traces';

/** Reads where traces go: what is BFM's own says so, else the variables that all programs read. `null`: nowhere. */
export function readTraceSettings(
  { otlpEndpoint, otlpHeaders }: Pick<ValuesOf<typeof SERVER_SETTINGS>, 'otlpEndpoint' | 'otlpHeaders'>,
  environment: Environment,
  reader: SettingReader,
): TraceSettings | null {
  const shared = new SharedVariables(environment, reader);
  if (shared.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return null;
  const url = otlpEndpoint === null ? sharedUrl(shared) : withPath(otlpEndpoint);
  if (url === null) return null;
  const headers = otlpHeaders ?? sharedHeaders(shared) ?? {};
  return { url, headers, serviceName: shared.text('OTEL_SERVICE_NAME') ?? 'bfm' };
}

function sharedUrl(shared: SharedVariables): string | null {
  const own = shared.read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', HTTP_URL);
  if (own !== null) return own;
  const base = shared.read('OTEL_EXPORTER_OTLP_ENDPOINT', HTTP_URL);
  return base === null ? null : withPath(base);
}

function sharedHeaders(shared: SharedVariables): TraceSettings['headers'] | null {
  return (
    shared.read('OTEL_EXPORTER_OTLP_TRACES_HEADERS', HEADERS) ??
    shared.read('OTEL_EXPORTER_OTLP_HEADERS', HEADERS)
  );
}

function withPath(base: string): string {
  return `${base.replace(/\/+$/, '')}${PATH}`;
}

/** Variables that are not BFM's own. */
class SharedVariables {
  readonly #environment: Environment;
  readonly #reader: SettingReader;

  constructor(environment: Environment, reader: SettingReader) {
    this.#environment = environment;
    this.#reader = reader;
  }

  text(name: string): string | null {
    const value = this.#environment[name] ?? '';
    return value === '' ? null : value;
  }

  read<T>(name: string, type: ValueType<T>): T | null {
    const text = this.text(name);
    if (text === null) return null;
    const reading = type.read(text);
    if (reading.ok) return reading.value;
    return this.#reader.refuse({ label: name, where: {}, mend: `mend or unset ${name}` }, reading.reason);
  }
}
