import type { JsonObject, RunMethod, StateActor, TokenRole } from '@bfm/engine';

/** Whoever asks, as found out by the transport. */
export interface Caller extends StateActor {
  readonly role: TokenRole;
  /** How they ask. */
  readonly method: RunMethod;
  /** What history keeps of the request: connection_type, endpoint, method, request_id. No secret is in it. */
  readonly context: JsonObject;
}
