import type { PlanOrder } from '@bfm/client';
import type { PlanRequest } from '@bfm/core';

/** A request as a server takes it: what restricts nothing is left out, so that it is as short as it can be. */
export function toPlanOrder(request: PlanRequest): PlanOrder {
  const { direction, connections, backends, schemas, listedSchemas, schemasListed, tags, migrations } =
    request;
  return {
    direction,
    ...notEmpty({ connections, backends, schemas, migrations }),
    ...(schemasListed ? { listed_schemas: listedSchemas } : {}),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...toSettings(request),
  };
}

function toSettings(request: PlanRequest): PlanOrder {
  const { createSchemas, to, steps, all, outOfOrder, allowNonEmpty, ignoreDependencies } = request;
  return {
    ...(createSchemas ? { create_schemas: true } : {}),
    ...(to === null ? {} : { to }),
    ...(steps === null ? {} : { steps }),
    ...(all ? { all: true } : {}),
    ...(outOfOrder === 'allow' ? { out_of_order: outOfOrder } : {}),
    ...(allowNonEmpty ? { allow_non_empty: true } : {}),
    ...(ignoreDependencies ? { ignore_dependencies: true } : {}),
  };
}

function notEmpty<Lists extends Readonly<Record<string, readonly string[]>>>(lists: Lists): Partial<Lists> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<Lists>;
}
