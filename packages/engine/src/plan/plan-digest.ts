import { compareText, type PlanDigest, type PlanGroup, type PlanRequest } from '@bfm/core';
import type { Hasher } from '../ports/hasher.ts';
import { canonicalJson } from './canonical-json.ts';

/** What a digest is made over. */
export interface DigestInput {
  readonly request: PlanRequest;
  readonly groups: readonly PlanGroup[];
}

/**
 * The identity of a plan: the request, and for every target the steps with their checksums, their statements, and
 * what the ledger said. Does not depend on the order of files, on time or on the machine.
 */
export function planDigest(input: DigestInput, hasher: Hasher): PlanDigest {
  const groups = input.groups.map(({ connection, targets, steps, basis, deferred }) => ({
    connection,
    targets,
    basis,
    deferred,
    steps: steps.map((step) => [
      step.direction,
      step.migrationId,
      step.checksum,
      hashOfStatements(step, hasher),
    ]),
  }));
  const request = withOrderedSets(input.request);
  return hasher.sha256(canonicalJson({ format: 1, request, groups })) as PlanDigest;
}

/** Lists in which the order means nothing are put into one. */
function withOrderedSets(request: PlanRequest): PlanRequest {
  const { connections, backends, schemas, listedSchemas, migrations } = request;
  return {
    ...request,
    connections: connections.toSorted(compareText),
    backends: backends.toSorted(compareText),
    schemas: schemas.toSorted(compareText),
    listedSchemas: listedSchemas.toSorted(compareText),
    migrations: migrations.toSorted(compareText),
  };
}

/** A down is not covered by the up file's checksum, so what really runs is hashed. */
function hashOfStatements(step: PlanGroup['steps'][number], hasher: Hasher): string {
  return hasher.sha256(canonicalJson([step.execution, step.statements.map(({ text }) => text)]));
}
