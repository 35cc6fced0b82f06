import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { METRICS } from './definitions.ts';

type All = typeof METRICS;
type Key<Kind extends string> = {
  [Name in keyof All]: All[Name]['kind'] extends Kind ? Name : never;
}[keyof All];
type LabelOf<Name extends keyof All> = All[Name]['labels'][number];

/** Makes the metrics of one process from their definitions. */
export class MetricMaker {
  readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** @param collect called before the counter is told */
  counter<Name extends Key<'counter'>>(
    name: Name,
    collect?: (counter: Counter<LabelOf<Name>>) => void,
  ): Counter<LabelOf<Name>> {
    const about = this.#about(name);
    if (collect === undefined) return new Counter(about);
    return new Counter({
      ...about,
      collect() {
        collect(this);
      },
    });
  }

  /** @param collect called before the gauge is told */
  gauge<Name extends Key<'gauge'>>(
    name: Name,
    collect?: (gauge: Gauge<LabelOf<Name>>) => void | Promise<void>,
  ): Gauge<LabelOf<Name>> {
    const about = this.#about(name);
    if (collect === undefined) return new Gauge(about);
    return new Gauge({
      ...about,
      async collect() {
        await collect(this);
      },
    });
  }

  histogram<Name extends Key<'histogram'>>(name: Name): Histogram<LabelOf<Name>> {
    return new Histogram({ ...this.#about(name), buckets: [...METRICS[name].buckets] });
  }

  #about<Name extends keyof All>(
    key: Name,
  ): {
    readonly name: string;
    readonly help: string;
    readonly labelNames: readonly LabelOf<Name>[];
    readonly registers: Registry[];
  } {
    const { name, help, labels } = METRICS[key];
    return { name, help, labelNames: labels, registers: [this.registry] };
  }
}
