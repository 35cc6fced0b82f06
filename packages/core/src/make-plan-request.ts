import type { PlanRequest } from './plan.ts';

/** A request for everything, upwards, with parts replaced. */
export function makePlanRequest(parts: Partial<PlanRequest> = {}): PlanRequest {
  return {
    direction: 'up',
    connections: [],
    backends: [],
    schemas: [],
    listedSchemas: [],
    schemasListed: false,
    createSchemas: false,
    tags: {},
    migrations: [],
    to: null,
    steps: null,
    all: false,
    outOfOrder: 'refuse',
    allowNonEmpty: false,
    ignoreDependencies: false,
    ...parts,
  };
}
