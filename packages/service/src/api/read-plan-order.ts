import {
  BACKENDS,
  BfmError,
  didYouMean,
  isBackendName,
  isTagKey,
  parseVersion,
  type BackendName,
  type ConnectionName,
  type Direction,
  type PlanDigest,
  type PlanRequest,
  type SchemaName,
  type Version,
} from '@bfm/core';
import type { RunOrder, RunOrderOptions } from '../control/run-order.ts';
import { listTenants, parseSchemaNames } from '../list-tenants.ts';
import { resolveMigrations } from '../resolve-migrations.ts';
import { notConfigured } from '../planning/find-connection.ts';
import type { ServiceContext } from '../service-context.ts';

/** What is to be planned, as the newer routes take it; what is missing is not restricted, or as usual. */
export interface SentPlanOrder {
  readonly direction?: Direction;
  readonly connections?: readonly string[];
  readonly backends?: readonly string[];
  /** Named one by one: made when missing. */
  readonly schemas?: readonly string[];
  /** From a list: skipped by name when missing. */
  readonly listed_schemas?: readonly string[];
  /** The tenants that the connections' queries list, besides. */
  readonly all_tenants?: boolean;
  readonly create_schemas?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  /** Ids, names, `connection/name` or versions. */
  readonly migrations?: readonly string[];
  readonly to?: string;
  readonly steps?: number;
  readonly all?: boolean;
  readonly out_of_order?: 'refuse' | 'allow';
  readonly allow_non_empty?: boolean;
  readonly ignore_dependencies?: boolean;
}

/** The same for a run, and how it is carried out. */
export interface SentRunOrder extends SentPlanOrder {
  /** Of a plan that was looked at. */
  readonly digest?: string;
  readonly options?: SentRunOptions;
}

/** How a run is carried out; times in milliseconds. */
export interface SentRunOptions {
  readonly concurrency?: number;
  readonly max_failures?: number;
  readonly unit?: 'target' | 'tenant';
  readonly on_failure?: 'keep' | 'compensate';
  readonly commit?: 'per-migration' | 'per-target';
  readonly lock_wait_ms?: number;
  readonly lock_timeout_ms?: number;
  readonly statement_timeout_ms?: number;
  readonly batch_pause_ms?: number;
  readonly attempts?: number;
}

/**
 * Reads what is to be planned.
 *
 * @throws {request.invalid} {name.invalid} {connection.not_found} {migration.not_found} and, when tenants are asked for,
 * {target.unreachable} {config.invalid}
 */
export async function readPlanOrder(sent: SentPlanOrder, context: ServiceContext): Promise<PlanRequest> {
  const order = { ...USUAL, ...sent };
  requireBound(order);
  const connections = order.connections.map((name) => parseConnection(name, context));
  const tenants = order.all_tenants ? await listTenants(connections, context) : [];
  return {
    direction: order.direction,
    connections,
    backends: order.backends.map(readBackend),
    schemas: unique(parseSchemaNames(order.schemas, 'schemas')),
    listedSchemas: unique([...parseSchemaNames(order.listed_schemas ?? [], 'listed_schemas'), ...tenants]),
    schemasListed: order.listed_schemas !== null || order.all_tenants,
    tags: readTags(order.tags),
    migrations: resolveMigrations(order.migrations ?? [], context.catalog),
    to: order.to === null ? null : readVersion(order.to),
    createSchemas: order.create_schemas,
    steps: order.steps,
    all: order.all,
    outOfOrder: order.out_of_order,
    allowNonEmpty: order.allow_non_empty,
    ignoreDependencies: order.ignore_dependencies,
  };
}

/** What is meant by what was not sent. */
const USUAL = {
  direction: 'up',
  connections: [],
  backends: [],
  schemas: [],
  listed_schemas: null,
  all_tenants: false,
  create_schemas: false,
  tags: {},
  migrations: null,
  to: null,
  steps: null,
  all: false,
  out_of_order: 'refuse',
  allow_non_empty: false,
  ignore_dependencies: false,
} as const;

type WholeOrder = Required<{ [Name in keyof SentPlanOrder]: SentPlanOrder[Name] | null }>;

/** Reads a run to be started, without its key. @throws as {@link readPlanOrder} does */
export async function readRunOrder(
  sent: SentRunOrder,
  context: ServiceContext,
): Promise<Omit<RunOrder, 'idempotency'>> {
  return {
    request: await readPlanOrder(sent, context),
    options: toRunOptions(sent.options ?? {}),
    digest: (sent.digest ?? null) as PlanDigest | null,
  };
}

function toRunOptions(sent: SentRunOptions): RunOrderOptions {
  const all = {
    concurrency: sent.concurrency,
    failuresMax: sent.max_failures,
    unit: sent.unit,
    onFailure: sent.on_failure,
    commit: sent.commit,
    lockWaitMs: sent.lock_wait_ms,
    lockTimeoutMs: sent.lock_timeout_ms,
    statementTimeoutMs: sent.statement_timeout_ms,
    batchPauseMs: sent.batch_pause_ms,
    attemptsMax: sent.attempts,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** How far down to go is never guessed, and up has no other bound than a version. */
function requireBound({
  direction,
  ...bounds
}: Pick<WholeOrder, 'direction' | 'to' | 'steps' | 'all' | 'migrations'>): void {
  const { to, steps, all, migrations } = bounds;
  const given = Object.entries({ to, steps, all: all === true ? all : null, migrations })
    .filter(([, value]) => value !== null)
    .map(([name]) => name);
  const onlyDown = given.filter((name) => name === 'steps' || name === 'all');
  if (direction === 'up' && onlyDown.length > 0) {
    throw invalid(
      `${onlyDown.join(' and ')} says how far to go down, and this plan goes up`,
      'leave it out, or send "direction": "down"',
    );
  }
  if (direction === 'down' && given.length !== 1) {
    const found = given.length === 0 ? 'none was sent' : `${given.join(' and ')} were sent`;
    throw invalid(
      `going down needs exactly one of to, steps, all and migrations, and ${found}`,
      'say how far; POST it to /api/v1/plans first, and look',
    );
  }
}

/** The connection of a name that somebody sent. @throws {connection.not_found} */
export function parseConnection(text: string, context: Pick<ServiceContext, 'connections'>): ConnectionName {
  const name = [...context.connections.keys()].find((candidate) => candidate === text);
  if (name !== undefined) return name;
  const { code, message, where, mend } = notConfigured(text.slice(0, 80), context.connections);
  throw new BfmError(code, { message, details: { where }, next: mend });
}

function readBackend(text: string): BackendName {
  if (isBackendName(text)) return text;
  throw invalid(
    `${JSON.stringify(text.slice(0, 80))} is no kind of store that BFM knows${didYouMean(text, BACKENDS)}`,
    `choose of ${BACKENDS.join(', ')}`,
  );
}

function readVersion(text: string): Version {
  const version = parseVersion(text);
  if (version !== null) return version;
  throw invalid(
    `to is ${JSON.stringify(text.slice(0, 80))}, which is no version`,
    'a version has 14 digits, YYYYMMDDhhmmss',
  );
}

function readTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const wrong = Object.keys(tags).find((key) => !isTagKey(key));
  if (wrong === undefined) return tags;
  throw invalid(
    `tags has a key that no tag can have: ${JSON.stringify(wrong.slice(0, 80))}`,
    'a key begins with a letter or digit and holds letters, digits, _, ., / and -',
  );
}

function invalid(message: string, next: string): BfmError {
  return new BfmError('request.invalid', { message: `${message}; nothing was done`, next });
}

function unique(names: readonly SchemaName[]): readonly SchemaName[] {
  return [...new Set(names)];
}
