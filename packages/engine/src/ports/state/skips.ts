import type { BackendName } from '@bfm/core';
import type { RunMethod } from './run-store.ts';
import type { JsonObject } from './state-actor.ts';

/** Something asked for that was applied already. */
export interface NewSkip {
  readonly migrationId: string;
  readonly connection: string;
  readonly schema: string;
  readonly backend: BackendName;
  readonly actor: string;
  readonly method: RunMethod;
  readonly context: JsonObject;
}

/** A skip with its number, which grows. */
export interface Skip extends NewSkip {
  readonly id: number;
  readonly skippedAt: string;
}

/** Skips as anybody may read them. */
export interface SkipReads {
  /** Newest first. @param migrationId `null`: of all */
  recent(migrationId: string | null, limit: number): Promise<readonly Skip[]>;
}

/** What was skipped lately: of each migration and schema the last five. */
export interface Skips extends SkipReads {
  record(skips: readonly NewSkip[]): Promise<void>;
}
