/** What one metric means. Everything that is counted is in {@link METRICS}; the page of them is made from it. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Names of few values each: never a tenant's, a migration's or a path's. */
  readonly labels: readonly string[];
  /** Upper bounds, of histograms. */
  readonly buckets?: readonly number[];
  /** What it is listed under. */
  readonly group: 'Migrations' | 'Runs' | 'Connections' | 'HTTP' | 'gRPC' | 'Access' | 'Catalog';
}

const CONNECTION = ['connection'] as const;
const POOL = ['pool'] as const;
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120] as const;
const MIGRATION_SECONDS = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600] as const;

/** Every metric of BFM's own. */
export const METRICS = {
  migrations: {
    kind: 'counter',
    name: 'bfm_migrations_total',
    help: 'Migrations on targets, by what came of them.',
    labels: ['backend', 'connection', 'direction', 'outcome'],
    group: 'Migrations',
  },
  migrationSeconds: {
    kind: 'histogram',
    name: 'bfm_migration_duration_seconds',
    help: 'How long migrations that were begun took on one target.',
    labels: ['backend', 'connection'],
    buckets: MIGRATION_SECONDS,
    group: 'Migrations',
  },
  migrationsInFlight: {
    kind: 'gauge',
    name: 'bfm_migrations_in_flight',
    help: 'Migrations that are being carried out by this process.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  migrationRetries: {
    kind: 'counter',
    name: 'bfm_migration_retries_total',
    help: 'Tries of migrations that had to be repeated.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  targetsInFlight: {
    kind: 'gauge',
    name: 'bfm_targets_in_flight',
    help: 'Targets that this process has taken and not ended.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  targetsWaiting: {
    kind: 'gauge',
    name: 'bfm_targets_waiting',
    help: 'Targets that this process waits for, since somebody else holds them.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  lockWaits: {
    kind: 'counter',
    name: 'bfm_lock_waits_total',
    help: 'Targets that somebody else held when they were wanted.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  lockWaitSeconds: {
    kind: 'histogram',
    name: 'bfm_lock_wait_seconds',
    help: 'How long such targets were waited for, until they were taken or given up.',
    labels: CONNECTION,
    buckets: [0.1, 0.5, 1, 5, 10, 30, 120, 600],
    group: 'Migrations',
  },
  targetsLost: {
    kind: 'counter',
    name: 'bfm_targets_lost_total',
    help: 'Targets whose lock or connection was lost while they were held.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  fenceRejections: {
    kind: 'counter',
    name: 'bfm_fence_rejections_total',
    help: 'Writes to targets that were refused there, since somebody else had taken the target over.',
    labels: CONNECTION,
    group: 'Migrations',
  },
  runs: {
    kind: 'counter',
    name: 'bfm_runs_total',
    help: 'Runs that ended in this process, by how.',
    labels: ['status', 'direction', 'method'],
    group: 'Runs',
  },
  runSeconds: {
    kind: 'histogram',
    name: 'bfm_run_duration_seconds',
    help: 'How long this process had a run, whether or not it ended here.',
    labels: ['direction'],
    buckets: MIGRATION_SECONDS,
    group: 'Runs',
  },
  runWaitSeconds: {
    kind: 'histogram',
    name: 'bfm_run_wait_seconds',
    help: 'How long runs waited until somebody took them for the first time.',
    labels: [],
    buckets: [0.05, 0.25, 1, 5, 30, 120, 600, 3600],
    group: 'Runs',
  },
  runsInFlight: {
    kind: 'gauge',
    name: 'bfm_runs_in_flight',
    help: 'Runs that this process works on.',
    labels: [],
    group: 'Runs',
  },
  runsWaiting: {
    kind: 'gauge',
    name: 'bfm_runs_waiting',
    help: 'Runs that nobody has taken, of all servers, 1000 at most; -1: the state is away.',
    labels: [],
    group: 'Runs',
  },
  runsLost: {
    kind: 'counter',
    name: 'bfm_runs_lost_total',
    help: 'Runs that this process had and could not hold: another worker took them over.',
    labels: [],
    group: 'Runs',
  },
  runsGivenBack: {
    kind: 'counter',
    name: 'bfm_runs_given_back_total',
    help: 'Runs that this process gave back for another worker to go on, since it was stopping.',
    labels: [],
    group: 'Runs',
  },
  poolConnections: {
    kind: 'gauge',
    name: 'bfm_pool_connections',
    help: 'Open connections to databases, by whether they are in use.',
    labels: ['pool', 'state'],
    group: 'Connections',
  },
  poolMax: {
    kind: 'gauge',
    name: 'bfm_pool_connections_max',
    help: 'How many there may be.',
    labels: POOL,
    group: 'Connections',
  },
  poolWaiting: {
    kind: 'gauge',
    name: 'bfm_pool_waiting',
    help: 'How many wait for a connection.',
    labels: POOL,
    group: 'Connections',
  },
  poolCheckouts: {
    kind: 'counter',
    name: 'bfm_pool_checkouts_total',
    help: 'How often a connection was taken from the pool of a target.',
    labels: POOL,
    group: 'Connections',
  },
  poolWaits: {
    kind: 'counter',
    name: 'bfm_pool_waits_total',
    help: 'How often one had to be waited for.',
    labels: POOL,
    group: 'Connections',
  },
  poolWaitSeconds: {
    kind: 'counter',
    name: 'bfm_pool_wait_seconds_total',
    help: 'How long altogether.',
    labels: POOL,
    group: 'Connections',
  },
  poolTimeouts: {
    kind: 'counter',
    name: 'bfm_pool_timeouts_total',
    help: 'How often the wait was given up.',
    labels: POOL,
    group: 'Connections',
  },
  poolOpened: {
    kind: 'counter',
    name: 'bfm_pool_opened_total',
    help: 'Connections that were opened.',
    labels: POOL,
    group: 'Connections',
  },
  poolFailures: {
    kind: 'counter',
    name: 'bfm_pool_failures_total',
    help: 'How often one could not be opened.',
    labels: POOL,
    group: 'Connections',
  },
  up: {
    kind: 'gauge',
    name: 'bfm_up',
    help: 'What /health said last of the state and of each connection: 1 is ok or slow, 0 is anything else.',
    labels: ['check'],
    group: 'Connections',
  },
  httpRequests: {
    kind: 'counter',
    name: 'bfm_http_requests_total',
    help: 'Answered HTTP requests.',
    labels: ['method', 'route', 'status'],
    group: 'HTTP',
  },
  httpSeconds: {
    kind: 'histogram',
    name: 'bfm_http_request_duration_seconds',
    help: 'How long HTTP requests took.',
    labels: ['method', 'route'],
    buckets: REQUEST_SECONDS,
    group: 'HTTP',
  },
  httpInFlight: {
    kind: 'gauge',
    name: 'bfm_http_requests_in_flight',
    help: 'HTTP requests that are being answered, streams of events among them.',
    labels: [],
    group: 'HTTP',
  },
  grpcCalls: {
    kind: 'counter',
    name: 'bfm_grpc_calls_total',
    help: 'Ended gRPC calls, by method (`none` for what is no method of ours) and the name of their code.',
    labels: ['method', 'code'],
    group: 'gRPC',
  },
  grpcSeconds: {
    kind: 'histogram',
    name: 'bfm_grpc_call_duration_seconds',
    help: 'How long gRPC calls took.',
    labels: ['method'],
    buckets: REQUEST_SECONDS,
    group: 'gRPC',
  },
  grpcInFlight: {
    kind: 'gauge',
    name: 'bfm_grpc_calls_in_flight',
    help: 'gRPC calls that are being answered.',
    labels: [],
    group: 'gRPC',
  },
  refusals: {
    kind: 'counter',
    name: 'bfm_access_refusals_total',
    help: 'Requests of either wire that were not let in, by the code of the error.',
    labels: ['code'],
    group: 'Access',
  },
  catalogMigrations: {
    kind: 'gauge',
    name: 'bfm_catalog_migrations',
    help: 'Migrations in the folder that can be run.',
    labels: [],
    group: 'Catalog',
  },
  catalogFaults: {
    kind: 'gauge',
    name: 'bfm_catalog_faults',
    help: 'What is wrong with files in the folder of migrations.',
    labels: [],
    group: 'Catalog',
  },
  catalogQuarantined: {
    kind: 'gauge',
    name: 'bfm_catalog_quarantined',
    help: 'Migrations that are left out until that is mended.',
    labels: [],
    group: 'Catalog',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
