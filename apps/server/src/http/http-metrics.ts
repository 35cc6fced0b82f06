import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const LABELS = ['method', 'route', 'status'] as const;

/** One answered request. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of the route, of which there are few; never the path. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What is counted of HTTP, in a registry to which others add their own. */
export class HttpMetrics {
  readonly registry: Registry;
  readonly #requests: Counter<(typeof LABELS)[number]>;
  readonly #durations: Histogram<(typeof LABELS)[number]>;
  readonly #open: Gauge;

  constructor(registry: Registry = new Registry()) {
    this.registry = registry;
    const registers = [registry];
    this.#requests = new Counter({
      name: 'bfm_http_requests_total',
      help: 'Answered HTTP requests.',
      labelNames: LABELS,
      registers,
    });
    this.#durations = new Histogram({
      name: 'bfm_http_request_duration_seconds',
      help: 'How long HTTP requests took.',
      labelNames: LABELS,
      buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120],
      registers,
    });
    this.#open = new Gauge({
      name: 'bfm_http_requests_in_flight',
      help: 'HTTP requests that are being answered.',
      registers,
    });
  }

  /** A request came; what is returned is called at its end, once. */
  begin(): (answered: AnsweredRequest) => void {
    this.#open.inc();
    return ({ seconds, ...labels }) => {
      this.#open.dec();
      this.#requests.inc(labels);
      this.#durations.observe(labels, seconds);
    };
  }
}
