import type { ConnectionName, SchemaName, TargetHolder } from '@bfm/core';
import type { ScopeChange } from './scope-keeper.ts';

/** A target that a session holds now. */
export interface SessionHold {
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
  readonly holder: TargetHolder;
  /** The session, as the server numbers them. */
  readonly backend: number;
  /** The first word of what it is doing, or did last; `null`: nobody may look. */
  readonly command: string | null;
  /** For how long, in milliseconds; `null`: nobody may look. */
  readonly statementMs: number | null;
  /** `active`, `idle`, `idle in transaction` or the like; `null`: nobody may look. */
  readonly state: string | null;
}

/** Knows by whom the targets of a store are held, and makes holders powerless. Methods may be called concurrently. */
export interface HoldKeeper {
  /** The targets that sessions hold now, ordered by connection and schema. Empty without a ledger. */
  holds(): Promise<readonly SessionHold[]>;

  /**
   * Ends a hold with this token: the fence grows, an event tells who did it and why, and the session is ended. A holder that
   * came later is left alone.
   *
   * @returns whether there was such a hold
   * @throws {target.locked} when a transaction of the holder does not end {target.denied}
   */
  release(hold: Pick<SessionHold, 'connection' | 'schema' | 'holder'>, change: ScopeChange): Promise<boolean>;
}
