/** How a run stands, or how it ended. */
export type RunStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'needs_attention';

/** How a step of a run ended. */
export type StepOutcome =
  'applied' | 'rolled_back' | 'skipped' | 'failed' | 'not_started' | 'needs_attention';

/** What is to be planned; what is missing is not restricted. */
export interface PlanOrder {
  /** @default 'up' */
  readonly direction?: 'up' | 'down';
  readonly connections?: readonly string[];
  readonly backends?: readonly string[];
  /** Named one by one: made when missing. */
  readonly schemas?: readonly string[];
  /** From a list: skipped by name when missing. */
  readonly listed_schemas?: readonly string[];
  /** The tenants that the server's connections list, besides. */
  readonly all_tenants?: boolean;
  readonly create_schemas?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  /** Ids, names, `connection/name` or versions. */
  readonly migrations?: readonly string[];
  /** A version. Up: up to and including. Down: what is newer is rolled back. */
  readonly to?: string;
  /** Down only: at most so many per target. */
  readonly steps?: number;
  /** Down only. */
  readonly all?: boolean;
  readonly out_of_order?: 'refuse' | 'allow';
  readonly allow_non_empty?: boolean;
  readonly ignore_dependencies?: boolean;
}

/** What is to be run. */
export interface RunOrder extends PlanOrder {
  /** Of a plan that was looked at: only this one is run. */
  readonly digest?: string;
  /** Times in milliseconds. */
  readonly options?: {
    readonly concurrency?: number;
    readonly max_failures?: number;
    readonly commit?: 'per-migration' | 'per-target';
    readonly lock_wait_ms?: number;
    readonly lock_timeout_ms?: number;
    readonly statement_timeout_ms?: number;
    readonly batch_pause_ms?: number;
    readonly attempts?: number;
  };
}

/** A migration that a plan runs in a target. */
export interface PlannedStep {
  readonly migration_id: string;
  readonly backend: string;
  readonly connection: string;
  readonly schema: string;
  readonly direction: 'up' | 'down';
  readonly statements: readonly string[];
  readonly kind: 'atomic' | 'resumable' | 'irreversible';
  readonly reason: string | null;
}

/** An ordered list of work, known by its digest. */
export interface Plan {
  readonly digest: string;
  readonly direction: 'up' | 'down';
  readonly steps: readonly PlannedStep[];
  readonly skipped: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
}

/** How many steps ended each way. */
export type RunSummary = Readonly<Record<StepOutcome, number>>;

/** A run as lists have it. Times are RFC 3339 in UTC. */
export interface RunHead {
  readonly id: string;
  readonly status: RunStatus;
  readonly direction: 'up' | 'down';
  readonly plan_digest: string;
  readonly actor: string;
  readonly method: 'http' | 'grpc' | 'cli' | 'auto';
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly cancel_requested_at: string | null;
  /** How often it was taken by a worker. */
  readonly attempts: number;
  readonly worker: string | null;
  readonly summary: RunSummary | null;
  readonly error: Readonly<Record<string, unknown>> | null;
}

/** A run with what was asked for. */
export interface Run extends RunHead {
  readonly request: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What became of a step. */
export interface Step {
  /** 1-based, in the order of the plan. */
  readonly position: number;
  readonly migration_id: string;
  readonly backend: string;
  readonly connection: string;
  readonly schema: string;
  readonly direction: 'up' | 'down';
  readonly outcome: StepOutcome;
  readonly attempts: number;
  readonly duration_ms: number;
  readonly error?: Readonly<Record<string, unknown>>;
}

/** A step in the history of all runs. */
export interface HistoryStep extends Step {
  readonly run_id: string;
  readonly actor: string;
  readonly method: string;
  readonly at: string;
}

/** What happened in a run: `seq` is 1, 2, 3 ... without gaps. */
export interface RunEvent {
  readonly type: string;
  readonly seq: number;
  readonly at: string;
  readonly [name: string]: unknown;
}

/** How one target stands. */
export interface TargetStatus {
  readonly connection: string;
  readonly schema: string | null;
  readonly backend: string;
  readonly reachable: boolean;
  readonly applied: number;
  readonly pending: readonly string[];
  readonly drift: readonly Readonly<Record<string, unknown>>[];
  readonly [name: string]: unknown;
}

/** Which runs are wanted. */
export interface RunFilter {
  readonly status?: RunStatus;
  readonly actor?: string;
  readonly method?: RunHead['method'];
}

/** Which steps are wanted. */
export interface HistoryFilter {
  readonly migration_id?: string;
  readonly connection?: string;
  readonly schema?: string;
  readonly outcome?: StepOutcome;
}

/** Which targets are wanted. */
export interface TargetFilter {
  readonly connection?: readonly string[];
  readonly schema?: readonly string[];
  readonly backend?: readonly string[];
}
