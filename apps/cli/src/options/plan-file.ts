import {
  BfmError,
  isBackendName,
  parseConnectionName,
  parseSchemaName,
  parseVersion,
  type Direction,
  type PlanDigest,
  type PlanRequest,
} from '@bfm/core';
import { readNamedFile } from '../config/read-named-file.ts';
import { systemReason } from '../config/system-reason.ts';
import type { PlanOptions } from './option-types.ts';
import { usageError } from './usage-error.ts';

/** A plan as it was saved: what was asked for, and what came out. */
export interface SavedPlan {
  readonly digest: PlanDigest;
  readonly request: PlanRequest;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const list =
  (item: (text: string) => boolean): Check =>
  (value) =>
    Array.isArray(value) && value.every((element) => typeof element === 'string' && item(element));
const schemas = list((text) => parseSchemaName(text).ok);

/** One check per field of a request; a field more or less makes it none. */
const REQUEST: Readonly<Record<keyof PlanRequest, Check>> = {
  direction: (value) => value === 'up' || value === 'down',
  connections: list((text) => parseConnectionName(text).ok),
  backends: list(isBackendName),
  schemas,
  listedSchemas: schemas,
  schemasListed: isFlag,
  createSchemas: isFlag,
  tags: (value) => isRecord(value) && Object.values(value).every(isText),
  migrations: list((text) => text !== ''),
  to: (value) => value === null || (typeof value === 'string' && parseVersion(value) !== null),
  steps: (value) => value === null || (Number.isInteger(value) && Number(value) >= 1),
  all: isFlag,
  outOfOrder: (value) => value === 'refuse' || value === 'allow',
  allowNonEmpty: isFlag,
  ignoreDependencies: isFlag,
};

/**
 * Reads a plan that `bfm plan --out` or `bfm plan --json` wrote.
 *
 * @throws {plan.invalid}
 */
export function readPlanFile(file: string, direction: Direction): SavedPlan {
  const document = parseDocument(file);
  const { digest, request } = document;
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) {
    throw invalid(file, 'its digest is missing or is no SHA-256');
  }
  if (!isRecord(request)) throw invalid(file, 'it does not say what was asked for (request)');
  checkRequest(file, request);
  const saved = { digest, request } as unknown as SavedPlan;
  if (saved.request.direction === direction) return saved;
  throw invalid(
    file,
    `it is a plan to go ${saved.request.direction}`,
    `use bfm ${saved.request.direction} --plan ${file}`,
  );
}

/**
 * Refuses selectors beside a saved plan: the plan has its own.
 *
 * @throws {request.invalid}
 */
export function refuseSelectors(options: PlanOptions): void {
  const { connection, backend, schema, schemasFrom, allTenants, createSchemas } = options;
  const { to, tag, migration, steps, all, outOfOrder, allowNonEmpty } = options;
  const given = Object.entries({
    '--connection': connection,
    '--backend': backend,
    '--schema': schema,
    '--schemas-from': schemasFrom,
    '--all-tenants': allTenants,
    '--create-schemas': createSchemas,
    '--to': to,
    '--tag': tag,
    '--migration': migration,
    '--steps': steps,
    '--all': all,
    '--out-of-order': outOfOrder,
    '--allow-non-empty': allowNonEmpty,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (given.length === 0) return;
  throw usageError(
    `--plan applies exactly what was planned, so ${given.join(', ')} cannot stand beside it`,
    'give them to bfm plan --out FILE instead, and apply that file',
  );
}

function parseDocument(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readNamedFile(file).toString('utf8');
  } catch (error) {
    throw invalid(file, `it cannot be read: ${systemReason(error)}`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid(file, 'it is no JSON');
  }
  if (!isRecord(document)) throw invalid(file, 'it is no JSON object');
  return document;
}

function checkRequest(file: string, request: Readonly<Record<string, unknown>>): void {
  for (const [field, check] of Object.entries(REQUEST)) {
    if (!Object.hasOwn(request, field)) throw invalid(file, `request.${field} is missing`);
    if (!check(request[field])) throw invalid(file, `request.${field} is not valid`);
  }
  const unknown = Object.keys(request).find((field) => !Object.hasOwn(REQUEST, field));
  if (unknown === undefined) return;
  throw invalid(file, `request.${JSON.stringify(unknown)} is not known to this version of BFM`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, reason: string, next?: string): BfmError {
  return new BfmError('plan.invalid', {
    message: `${file} is not a plan that can be applied: ${reason}; nothing was run`,
    details: { where: { file } },
    next: next ?? 'make one with bfm plan --out FILE, and do not edit it',
  });
}
