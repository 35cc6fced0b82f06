import { BfmError, type Plan, type PlanGroup, type PlanRequest } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import type { RunDefaults } from './run-order.ts';

type Check = (value: unknown) => boolean;
type Checks<T> = Readonly<Record<keyof T, Check>>;

type RunParts = Pick<StoredRun, 'id' | 'request' | 'options' | 'plan'>;

/**
 * Tells why what a run is made of is not what BFM wrote; `null`: it is. The database takes any JSON, and a state may have been
 * edited by hand or damaged.
 */
export function unsoundnessOf({ id, request, options, plan }: RunParts): BfmError | null {
  const faulty = [
    ...(fits(request, REQUEST) ? [] : ['what it was asked for']),
    ...(isObject(options) && fits({ ...NO_OPTIONS, ...options }, OPTIONS) ? [] : ['its options']),
    ...(fits(plan, PLAN) ? [] : ['its plan']),
  ];
  if (faulty.length === 0) return null;
  return new BfmError('state.row_unsound', {
    message: `run ${id} was changed behind BFM: ${faulty.join(' and ')} cannot be read; nothing more was run`,
    details: { runId: id },
    next: 'bfm doctor tells what else is wrong with the state; then ask for what is wanted anew: bfm up',
  });
}

const isText: Check = (value) => typeof value === 'string';
const isYesNo: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isAny: Check = () => true;
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const hasForm =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    fits(value, checks);

function fits(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  if (!isObject(value)) return false;
  const found = value as Readonly<Record<string, unknown>>;
  return Object.entries(checks).every(([key, check]) => check(found[key]));
}

const isTexts = listOf(isText);

const REQUEST: Checks<PlanRequest> = {
  direction: oneOf('up', 'down'),
  connections: isTexts,
  backends: isTexts,
  schemas: isTexts,
  listedSchemas: isTexts,
  schemasListed: isYesNo,
  createSchemas: isYesNo,
  tags: (value) => isObject(value) && Object.values(value).every(isText),
  migrations: isTexts,
  to: orNull(isText),
  steps: orNull(isCount),
  all: isYesNo,
  outOfOrder: oneOf('refuse', 'allow'),
  allowNonEmpty: isYesNo,
  ignoreDependencies: isYesNo,
};

const OPTIONS: Checks<RunDefaults> = {
  concurrency: (value) => isCount(value) && value !== 0,
  failuresMax: orNull(isCount),
  unit: oneOf('target', 'tenant'),
  onFailure: oneOf('keep', 'compensate'),
  commit: oneOf('per-migration', 'per-target'),
  lockWaitMs: isCount,
  lockTimeoutMs: isCount,
  statementTimeoutMs: isCount,
  batchPauseMs: isCount,
  attemptsMax: isCount,
};

/** Those that a run leaves to the server. */
const NO_OPTIONS: RunDefaults = {
  concurrency: 1,
  failuresMax: null,
  unit: 'target',
  onFailure: 'keep',
  commit: 'per-migration',
  lockWaitMs: 0,
  lockTimeoutMs: 0,
  statementTimeoutMs: 0,
  batchPauseMs: 0,
  attemptsMax: 1,
};

const GROUP: Checks<PlanGroup> = {
  backend: isText,
  connection: isText,
  targets: listOf(hasForm({ schema: isText })),
  steps: listOf(
    hasForm({
      migrationId: isText,
      direction: oneOf('up', 'down'),
      checksum: isAny,
      execution: isObject,
      statements: listOf(hasForm({ text: isText })),
    }),
  ),
  deferred: isTexts,
  basis: isText,
};

const PLAN: Checks<Plan> = {
  digest: isText,
  direction: oneOf('up', 'down'),
  request: hasForm(REQUEST),
  groups: listOf(hasForm(GROUP)),
  skips: listOf(isObject),
  warnings: listOf(isObject),
};
