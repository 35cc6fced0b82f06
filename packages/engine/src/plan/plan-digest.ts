import type { PlanDigest, PlanGroup, PlanRequest } from '@bfm/core';
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
  return hasher.sha256(canonicalJson({ format: 1, request: input.request, groups })) as PlanDigest;
}

/** A down is not covered by the up file's checksum, so what really runs is hashed. */
function hashOfStatements(step: PlanGroup['steps'][number], hasher: Hasher): string {
  return hasher.sha256(canonicalJson([step.execution, step.statements.map(({ text }) => text)]));
}
