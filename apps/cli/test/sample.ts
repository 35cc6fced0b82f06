import {
  BfmError,
  toMigrationId,
  type Catalog,
  type Checksum,
  type ConnectionName,
  type ErrorCode,
  type Migration,
  type MigrationId,
  type Plan,
  type PlanDigest,
  type PlanGroup,
  type PlanRequest,
  type PlanStep,
  type RunResult,
  type SchemaName,
  type StepOutcome,
  type StepResult,
  type Target,
  type Version,
} from '@bfm/core';
import { makePlanRequest, toRunResult } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
import type { Look } from '../src/output/look.ts';
import { createPaint } from '../src/output/paint.ts';
import { createSymbols } from '../src/output/symbols.ts';

/** A screen of so many columns, without colours. */
export function plainLook(width: number): Look {
  return { width, paint: createPaint(false), symbols: createSymbols(true), program: 'bfm' };
}

/** A screen of so many columns, with colours. */
export function colouredLook(width: number): Look {
  return { ...plainLook(width), paint: createPaint(true) };
}

/** Lines as a snapshot shows them: colours as `‹31›`. */
export function shown(lines: readonly string[]): string {
  return lines.join('\n').replaceAll(/\u001b\[(\d+)m/g, '‹$1›');
}

/** Names a schema. */
export const schema = (name: string): SchemaName => name as SchemaName;

/** Names a connection. */
export const connection = (name: string): ConnectionName => name as ConnectionName;

/** A target of the connection `core`, or another. */
export function target(schemaName: string, connectionName = 'core'): Target {
  return { backend: 'postgresql', connection: connection(connectionName), schema: schema(schemaName) };
}

/** The id of a migration of `core`, or another connection. */
export function id(version: string, name: string, connectionName = 'core'): MigrationId {
  return toMigrationId({
    version: version as Version,
    name,
    backend: 'postgresql',
    connection: connection(connectionName),
  });
}

/** A request for everything. */
export const REQUEST: PlanRequest = makePlanRequest();

/** A step of `core` with these statements. */
export function step(version: string, name: string, statements: readonly string[]): PlanStep {
  return {
    migrationId: id(version, name),
    version: version as Version,
    name,
    direction: 'up',
    kind: 'atomic',
    reason: 'selected',
    checksum: 'c'.repeat(64) as Checksum,
    file: `postgresql/core/${version}_${name}.up.sql`,
    statements: statements.map((text, index) => ({ text, line: index + 1, column: 1, bare: null })),
    literalPlaceholder: null,
    unqualified: { creates: [], changes: [] },
    execution: {
      transaction: 'per-migration',
      lockTimeoutMs: null,
      statementTimeoutMs: null,
      batchSize: null,
      batchPauseMs: null,
      verify: null,
    },
    requires: { tables: [], schemas: [] },
    after: [],
  };
}

/** A group of targets of `core`. */
export function group(schemas: readonly string[], steps: readonly PlanStep[]): PlanGroup {
  return {
    backend: 'postgresql',
    connection: connection('core'),
    targets: schemas.map((name) => ({ schema: schema(name), createSchema: false })),
    steps,
    deferred: [],
    basis: 'b'.repeat(64),
  };
}

/** A plan of these groups. */
export function plan(groups: readonly PlanGroup[], more: Partial<Plan> = {}): Plan {
  const digest = '0123456789abcdef'.repeat(4) as PlanDigest;
  return { digest, direction: 'up', request: REQUEST, groups, skips: [], warnings: [], ...more };
}

/** A catalog that knows the steps' migrations, fixed in a schema or (`null`) dynamic. */
export function catalogOf(steps: readonly PlanStep[], fixed: string | null): Catalog {
  const migrations = steps.map(({ migrationId, version, name, file, checksum, execution }): Migration => ({
    id: migrationId,
    version,
    name,
    backend: 'postgresql',
    connection: connection('core'),
    schema: fixed === null ? null : schema(fixed),
    tags: {},
    dependencies: [],
    requires: { tables: [], schemas: [] },
    up: { path: file, text: '', checksum, execution },
    down: null,
  }));
  return {
    migrations,
    byId: new Map(migrations.map((migration) => [migration.id, migration])),
    rank: new Map(migrations.map((migration, index) => [migration.id, index])),
    warnings: [],
  };
}

/** A target that is up to date, unless told otherwise. */
export function status(schemaName: string, more: Partial<TargetStatus> = {}): TargetStatus {
  return {
    target: target(schemaName),
    unreachable: null,
    presence: 'populated',
    applied: 3,
    newest: '20250102000000' as Version,
    pending: [],
    failed: [],
    started: [],
    drift: [],
    unfinished: [],
    held: null,
    blocker: null,
    ...more,
  };
}

/** A step's error as the PostgreSQL adapter makes it. */
export function stepError(place: Target, code: ErrorCode, message: string): BfmError {
  const migrationId = id('20250102000000', 'add_mail');
  return new BfmError(code, {
    message: `${migrationId} failed in ${place.connection}/${place.schema}: ${message}; its transaction was aborted`,
    details: {
      where: {
        file: 'postgresql/core/20250102000000_add_mail.up.sql',
        line: 2,
        column: 7,
        statement: 2,
        migration_id: migrationId,
        connection: place.connection,
        schema: place.schema,
      },
      sqlstate: '42703',
      hint: 'Perhaps you meant "name".',
    },
    next: 'mend the up file and run the same command again',
  });
}

/** How a step ended. */
export function result(
  place: Target,
  outcome: StepOutcome,
  {
    error = null,
    name = 'add_mail',
    version = '20250102000000',
    durationMs = 12,
  }: Partial<Pick<StepResult, 'error' | 'durationMs'> & { name: string; version: string }> = {},
): StepResult {
  return {
    target: place,
    migrationId: id(version, name),
    direction: 'up',
    outcome,
    durationMs,
    attempts: 1,
    error,
  };
}

/** How a run ended. */
export function run(statusOfRun: RunResult['status'], steps: readonly StepResult[]): RunResult {
  return toRunResult({ runId: 'run-1', status: statusOfRun, eachStep: () => steps });
}
