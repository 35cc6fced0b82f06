/** Options that every command takes. */
export interface GlobalOptions {
  readonly sfm?: string;
  readonly config?: string;
  readonly envFile?: string;
  readonly server?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly color: boolean;
}

/** Which targets a command is about. */
export interface TargetSelectors {
  readonly connection?: readonly string[];
  readonly backend?: readonly string[];
  readonly schema?: readonly string[];
  readonly schemasFrom?: string;
  readonly allTenants?: true;
}

/** Which migrations a command is about. */
export interface MigrationSelectors {
  readonly to?: string;
  readonly tag?: readonly string[];
  readonly migration?: readonly string[];
}

/** What a plan is allowed to do. */
export interface PlanSettings {
  readonly createSchemas?: true;
  readonly outOfOrder?: 'refuse' | 'allow';
  readonly allowNonEmpty?: true;
}

/** How far down to go; exactly one of them, `--to` or `--migration`. */
export interface DownBounds {
  readonly steps?: number;
  readonly all?: true;
}

/** Everything a plan is asked for with. */
export interface PlanOptions
  extends GlobalOptions, TargetSelectors, MigrationSelectors, PlanSettings, DownBounds {}

/** How a plan is carried out. */
export interface RunSettings {
  readonly plan?: string;
  readonly dryRun?: true;
  readonly detach?: true;
  readonly concurrency?: number;
  readonly failFast?: true;
  readonly maxFailures?: number;
  readonly unit?: 'target' | 'tenant';
  readonly onFailure?: 'keep' | 'compensate';
  readonly commit?: 'per-migration' | 'per-target';
  readonly lockWait?: number;
  readonly lockTimeout?: number;
  readonly statementTimeout?: number;
  readonly batchPause?: number;
  readonly attempts?: number;
  readonly yes?: true;
  readonly verbose?: true;
}

/** Options of `bfm up` and `bfm down`. */
export interface ApplyCommandOptions extends PlanOptions, RunSettings {}

/** Options of `bfm plan`. */
export interface PlanCommandOptions extends PlanOptions {
  readonly down?: true;
  readonly out?: string;
  readonly exitCode?: true;
}

/** How ledgers are changed by hand. */
export interface EditSettingsOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly concurrency?: number;
  readonly lockWait?: number;
}

/** Options of `bfm baseline`. */
export interface BaselineCommandOptions
  extends
    GlobalOptions,
    TargetSelectors,
    Pick<MigrationSelectors, 'to' | 'tag'>,
    Pick<DownBounds, 'all'>,
    EditSettingsOptions {
  readonly allowDifferent?: true;
}

/** Options of `bfm import bfm`. */
export interface ImportCommandOptions extends GlobalOptions, TargetSelectors, EditSettingsOptions {
  readonly stateUrl?: string;
  readonly stateSchema?: string;
  readonly leaveOut?: readonly string[];
  readonly trust?: 'state' | 'catalog';
}

/** Options of the `bfm repair` commands that change single rows. */
export interface RepairCommandOptions
  extends
    GlobalOptions,
    TargetSelectors,
    Pick<MigrationSelectors, 'migration'>,
    Pick<DownBounds, 'all'>,
    EditSettingsOptions {
  readonly reason?: string;
  readonly statement?: number;
}

/** Options of `bfm target list`. */
export interface TargetListOptions extends GlobalOptions, Pick<TargetSelectors, 'connection'> {
  readonly retired?: true;
}

/** Options of `bfm lock release`. */
export interface LockReleaseOptions extends GlobalOptions {
  readonly reason?: string;
  readonly yes?: true;
}

/** Options of the commands that change whole targets. */
export interface TargetChangeOptions extends GlobalOptions, Omit<EditSettingsOptions, 'concurrency'> {
  readonly reason?: string;
}

/** Options of `bfm new`. */
export interface NewCommandOptions
  extends GlobalOptions, Pick<TargetSelectors, 'connection' | 'backend' | 'schema'> {
  readonly transaction?: 'none';
}

/** Options of `bfm init`. */
export interface InitCommandOptions extends GlobalOptions {
  readonly connection?: string;
  readonly sql?: true;
  readonly owner?: string;
  readonly migrator?: readonly string[];
  readonly reader?: readonly string[];
}

/** Options of `bfm status`. */
export interface StatusCommandOptions extends GlobalOptions, TargetSelectors, MigrationSelectors {
  readonly exitCode?: true;
}

/** Options of `bfm drift`. */
export interface DriftCommandOptions extends GlobalOptions, TargetSelectors {}

/** Options of `bfm doctor`. */
export interface DoctorCommandOptions extends GlobalOptions {
  readonly failpoints?: true;
}

/** Options of `bfm history`. */
export interface HistoryCommandOptions
  extends GlobalOptions, TargetSelectors, Pick<MigrationSelectors, 'migration'> {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Options of `bfm token create`. */
export interface TokenCreateOptions extends GlobalOptions {
  readonly role?: 'admin' | 'viewer';
  readonly lifetime?: number;
}

/** Options of `bfm token rotate`. */
export interface TokenRotateOptions extends GlobalOptions {
  readonly grace?: number;
  readonly lifetime?: number;
}

/** Options of `bfm audit export`. */
export interface AuditOptions extends GlobalOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
}

/** Options of `bfm audit list`. */
export interface AuditListOptions extends AuditOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Options of `bfm run list`. */
export interface RunListOptions extends GlobalOptions {
  readonly status?: RunStatusWord;
  readonly limit?: number;
  readonly cursor?: string;
}

/** How a run of a server stands, in a word. */
export type RunStatusWord =
  'queued' | 'paused' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'needs_attention';

/** Options of `bfm run watch`. */
export interface RunWatchOptions extends GlobalOptions {
  readonly verbose?: true;
}
