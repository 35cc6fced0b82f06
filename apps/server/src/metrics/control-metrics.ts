import type { StateStore } from '@bfm/engine';
import type { CatalogHolder } from '@bfm/service';
import type { Registry } from 'prom-client';
import { MetricMaker } from './make-metrics.ts';

/** Runs are counted up to here; more waiting is many. */
const WAITING_MAX = 1_000;

/** Has the queue and the catalog looked at whenever somebody asks. */
export function addControlMetrics(
  registry: Registry,
  { state, catalogs }: { readonly state: StateStore; readonly catalogs: CatalogHolder },
): void {
  const make = new MetricMaker(registry);
  make.gauge('runsWaiting', async (gauge) => {
    const waiting = state.read(({ runs }) => runs.waiting(WAITING_MAX));
    gauge.set(await waiting.then(({ length }) => length).catch(() => -1));
  });
  make.gauge('catalogMigrations', (gauge) => gauge.set(catalogs.current().catalog.migrations.length));
  make.gauge('catalogFaults', (gauge) => gauge.set(catalogs.current().faults.length));
  make.gauge('catalogQuarantined', (gauge) => gauge.set(catalogs.current().quarantined.length));
}
