import { type Counter, type Gauge, type Histogram, Registry } from 'prom-client';
import type { Health } from '../http/readiness.ts';
import { SLOW } from '../http/watched-check.ts';
import { MetricMaker } from './make-metrics.ts';

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
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #seconds: Histogram<'method' | 'route'>;
  readonly #open: Gauge;
  readonly #up: Gauge<'check'>;

  constructor(registry: Registry = new Registry()) {
    const make = new MetricMaker(registry);
    this.registry = registry;
    this.#requests = make.counter('httpRequests');
    this.#seconds = make.histogram('httpSeconds');
    this.#open = make.gauge('httpInFlight');
    this.#up = make.gauge('up');
  }

  /** Remembers what was said of each check. */
  noteHealth({ checks }: Pick<Health, 'checks'>): void {
    for (const [check, word] of Object.entries(checks)) {
      this.#up.set({ check }, word === 'ok' || word === SLOW ? 1 : 0);
    }
  }

  /** A request came; what is returned is called at its end, once. */
  begin(): (answered: AnsweredRequest) => void {
    this.#open.inc();
    return ({ method, route, status, seconds }) => {
      this.#open.dec();
      this.#requests.inc({ method, route, status });
      this.#seconds.observe({ method, route }, seconds);
    };
  }
}
