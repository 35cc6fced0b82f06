/** How a run stands, or how it ended. */
export type RunStatus =
  'queued' | 'paused' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'needs_attention';

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
    /** What fails as one: each target, or a tenant with all its stores. */
    readonly unit?: 'target' | 'tenant';
    /** With a tenant as the unit: what was applied in one that fails is kept, or taken back. */
    readonly on_failure?: 'keep' | 'compensate';
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
  readonly pause_requested_at: string | null;
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

/** A migration in force, without its scripts. */
export interface CatalogEntry {
  readonly migration_id: string;
  /** Its place in the order in which migrations run, from 0. */
  readonly order: number;
  readonly version: string;
  readonly name: string;
  readonly backend: string;
  readonly connection: string;
  /** `null`: it runs once in each schema it is asked for. */
  readonly schema: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly depends_on: readonly string[];
  readonly irreversible: boolean;
  readonly file: string;
  readonly checksum: string;
}

/** A configured connection. */
export interface Connection {
  readonly name: string;
  readonly backend: string;
  readonly default_schema: string | null;
  readonly lists_tenants: boolean;
}

/** A migration as all targets of a group run it. */
export interface GroupedStep extends Omit<PlannedStep, 'backend' | 'connection' | 'schema' | 'statements'> {
  readonly version: string;
  readonly name: string;
  readonly checksum: string;
  readonly file: string;
  readonly statements: readonly { readonly text: string; readonly line: number; readonly column: number }[];
  readonly after: readonly {
    readonly connection: string;
    readonly schema: string | null;
    readonly migration_id: string;
  }[];
  readonly execution: {
    readonly transaction: 'per-migration' | 'none';
    readonly lock_timeout_ms: number | null;
    readonly statement_timeout_ms: number | null;
    readonly batch_size: number | null;
    readonly batch_pause_ms: number | null;
    readonly verify: string | null;
  };
  readonly [name: string]: unknown;
}

/** Targets that run the same steps. */
export interface PlanGroup {
  readonly backend: string;
  readonly connection: string;
  readonly targets: readonly { readonly schema: string; readonly create_schema: boolean }[];
  readonly steps: readonly GroupedStep[];
  readonly [name: string]: unknown;
}

/** A plan that says once what targets have in common. */
export interface GroupedPlan extends Omit<Plan, 'steps'> {
  readonly groups: readonly PlanGroup[];
  /** What was asked for, whole. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** How targets stand, a part of a list, with what is wrong with the scripts that are pending in them. */
export interface StatusPage {
  readonly targets: readonly TargetStatus[];
  readonly faults: readonly Readonly<Record<string, unknown>>[];
}

/** Which events of ledgers are wanted, and which part of the list. */
export interface LedgerEventOrder {
  readonly connections?: readonly string[];
  readonly schemas?: readonly string[];
  readonly migrations?: readonly string[];
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** What a ledger has recorded. */
export interface LedgerEvent {
  readonly event_id: string;
  readonly at: string;
  readonly kind: string;
  readonly migration_id: string | null;
  readonly connection: string;
  readonly schema: string;
  readonly run_id: string;
  readonly actor: string;
  readonly checksum: string | null;
  readonly duration_ms: number | null;
  readonly error?: string;
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Events of ledgers, the newest first. */
export interface LedgerEventPage {
  readonly entries: readonly LedgerEvent[];
  /** `null`: it is the last. */
  readonly next: string | null;
}

/** What is wrong or odd with the files of migrations. */
export interface LintReport {
  readonly faults: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
  readonly quarantined: readonly Readonly<Record<string, unknown>>[];
  readonly loaded_at: string;
  /** All of it, and what is wrong inside of scripts, in one list. */
  readonly findings: readonly {
    readonly code: string;
    readonly severity: 'ok' | 'info' | 'warning' | 'error';
    readonly message: string;
    readonly where: Readonly<Record<string, unknown>>;
    readonly mend: string | null;
  }[];
}

/** Which part of a list is wanted. */
export interface PageOrder {
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** A part of the runs. */
export interface RunPage {
  readonly items: readonly RunHead[];
  /** `null`: it is the last. */
  readonly next: string | null;
}

/** A token: everything but its text, of which only the last four characters are known. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: 'admin' | 'viewer';
  readonly prefix: string;
  readonly last_four: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** A token that was made. */
export interface MadeToken {
  readonly token: Token;
  /** Told now and never again. */
  readonly text: string;
}

/** A token to be made. */
export interface TokenOrder {
  /** 1 to 100 characters; no two valid tokens have the same. */
  readonly name: string;
  /** @default 'viewer' */
  readonly role?: 'admin' | 'viewer';
  /** @default 90 days */
  readonly lifetime_ms?: number;
}

/** How a token gets its successor. */
export interface TokenRotation {
  /** How long the old one goes on. @default 24 hours */
  readonly grace_ms?: number;
  /** Of the new one. @default 90 days */
  readonly lifetime_ms?: number;
}

/** Which entries of the audit are wanted. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  /** Such as `run/0c1...`. */
  readonly object?: string;
}

/** Who did what, or was refused what. */
export interface AuditEntry {
  /** Grows from entry to entry. */
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly token_id: string | null;
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly object: string;
  readonly result: 'ok' | 'refused';
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A part of the audit, the newest first. */
export interface AuditPage {
  readonly items: readonly AuditEntry[];
  /** `null`: it is the last. */
  readonly next: string | null;
}
