/** Who changes something, as the audit keeps it. */
export interface StateActor {
  readonly name: string;
  /** The token they came with; `null`: none. */
  readonly tokenId: string | null;
  /** Where they came from; `null`: not over a network. */
  readonly ip: string | null;
  /** The request that this belongs to; `null`: none. */
  readonly requestId: string | null;
}

/** What is done, as the audit keeps it. No part of it may hold a secret. */
export interface StateAction {
  /** In the words of permissions, such as `run.start`. */
  readonly action: string;
  /** What it is done to, such as `run/0199...`. */
  readonly object: string;
  /** `refused`: the attempt is written down, and the work should change nothing. */
  readonly result: 'ok' | 'refused';
  readonly detail: JsonObject;
}

/** A value as JSON has it, with names. */
export type JsonObject = Readonly<Record<string, unknown>>;
