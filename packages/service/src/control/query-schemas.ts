import type { SchemaName } from '@bfm/core';
import { parseConnection } from '../api/read-plan-order.ts';
import { querySchemas } from '../list-tenants.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';
import { planningContext } from './preview-plan.ts';
import { storableText } from './storable.ts';

/** A query for schema names, and of which connection it is asked. */
export interface SchemaQuery {
  readonly connection: string;
  readonly query: string;
}

/** Characters of a query that the audit keeps. */
const KEPT_MAX = 2_000;

/**
 * Asks a connection's database for schema names with a caller's own query. It reads only, yet whatever the connection may
 * read: who may not change things may not ask it, and each question is written down before it is asked.
 *
 * @throws {auth.forbidden} {connection.not_found} {request.invalid} {name.invalid} {target.unreachable}
 */
export async function askSchemas(
  { connection, query }: SchemaQuery,
  caller: Caller,
  control: ControlContext,
): Promise<readonly SchemaName[]> {
  const attempt = { permission: 'schemas.query', object: `connection/${connection.slice(0, 80)}` } as const;
  await authorise(caller, attempt, control);
  const context = planningContext(caller, control);
  const name = parseConnection(connection, context);
  const { permission: action, object } = attempt;
  const detail = { query: storableText(query.slice(0, KEPT_MAX)) };
  await control.state.write(caller, { action, object, result: 'ok', detail }, () => Promise.resolve());
  return querySchemas(name, query, context);
}
