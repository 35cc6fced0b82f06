import type { JsonObject, RunMethod } from '@bfm/engine';

/** Who has run something, in the words of the v1 wire. */
export interface V1Executor {
  readonly executed_by: string;
  readonly execution_method: string;
  /** A JSON object as text. */
  readonly execution_context: string;
}

function wordOf(method: string): string {
  const automatic: RunMethod = 'auto';
  return method === automatic ? 'auto' : 'api';
}

/** What a transport notes of a v1 request besides: for {@link toV1Executor}. */
export interface V1Origin {
  readonly executed_by: string;
  readonly execution_method: string;
}

/** Presents who has run something. */
export function toV1Executor({
  actor,
  method,
  context,
}: {
  readonly actor: string;
  readonly method: string;
  readonly context: JsonObject;
}): V1Executor {
  const {
    executed_by: by,
    execution_method: how,
    connection_type,
    endpoint,
    method: verb,
    ...rest
  } = context;
  // A database keeps no order of names.
  const told = { connection_type, endpoint, method: verb, ...rest, actor };
  return {
    executed_by: typeof by === 'string' ? by : actor,
    execution_method: typeof how === 'string' ? how : wordOf(method),
    execution_context: JSON.stringify(told),
  };
}
