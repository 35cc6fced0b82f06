import type { StorePool } from '@bfm/runtime';
import type { Registry } from 'prom-client';
import { MetricMaker } from './make-metrics.ts';

/** Whose connections are counted. */
export interface Pools {
  readonly targets: () => readonly StorePool[];
  readonly state: () => readonly (PoolSize & { readonly use: string })[];
}

/** Has the pools of connections looked at whenever somebody asks. Those of the state are called `bfm_state_...`. */
export function addPoolMetrics(registry: Registry, pools: Pools): void {
  const make = new MetricMaker(registry);
  make.gauge('poolConnections', (gauge) => {
    for (const { pool, busy, idle } of allOf(pools)) {
      gauge.set({ pool, state: 'busy' }, busy);
      gauge.set({ pool, state: 'idle' }, idle);
    }
  });
  make.gauge('poolMax', (gauge) => {
    for (const { pool, connectionsMax } of allOf(pools)) gauge.set({ pool }, connectionsMax);
  });
  make.gauge('poolWaiting', (gauge) => {
    for (const { pool, waiting } of allOf(pools)) gauge.set({ pool }, waiting);
  });
  // Pools count by themselves; what they say is taken over.
  const follow = (name: FollowedName, valueOf: (pool: StorePool) => number): void => {
    make.counter(name, (counter) => {
      counter.reset();
      for (const pool of pools.targets()) counter.inc({ pool: nameOf(pool) }, valueOf(pool));
    });
  };
  follow('poolCheckouts', ({ checkouts }) => checkouts);
  follow('poolWaits', ({ waits }) => waits);
  follow('poolWaitSeconds', ({ waitedMs }) => waitedMs / 1_000);
  follow('poolTimeouts', ({ timeouts }) => timeouts);
  follow('poolOpened', ({ opened }) => opened);
  follow('poolFailures', ({ failures }) => failures);
}

type FollowedName =
  'poolCheckouts' | 'poolWaits' | 'poolWaitSeconds' | 'poolTimeouts' | 'poolOpened' | 'poolFailures';

type PoolSize = Pick<StorePool, 'busy' | 'idle' | 'connectionsMax' | 'waiting'>;

interface PoolNow extends PoolSize {
  readonly pool: string;
}

function allOf({ targets, state }: Pools): readonly PoolNow[] {
  return [
    ...targets().map((pool) => ({ ...pool, pool: nameOf(pool) })),
    ...state().map((pool) => ({ ...pool, pool: `bfm_state_${pool.use}` })),
  ];
}

/** Connections to one database share a pool. */
function nameOf({ connections }: StorePool): string {
  return connections.join(',');
}
