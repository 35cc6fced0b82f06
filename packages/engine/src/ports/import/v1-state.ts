/** A migration as the list of an existing Go BFM has it (BFM-V1-CONTRACT.md 2.7); nothing in it was judged. */
export interface V1Listed {
  readonly migrationId: string;
  /** Empty for dynamic migrations, and for many others. */
  readonly schema: string;
  readonly connection: string;
  readonly backend: string;
  readonly status: string;
}

/** What it keeps of a migration in a schema: one row, written over by every run. */
export interface V1Execution extends V1Listed {
  readonly applied: boolean;
  /** As it stands there, without a zone: `2025-01-06T09:30:00.123456`. */
  readonly appliedAt: string | null;
}

/** What its history says of a migration in a schema, all rows in one. Times as in {@link V1Execution}. */
export interface V1History extends Omit<V1Listed, 'status'> {
  /** When it was last applied; `null`: never, as far as is remembered. */
  readonly appliedAt: string | null;
  readonly executedBy: string | null;
  /** When it was last rolled back; `null`: never. */
  readonly rolledBackAt: string | null;
}

/** What an existing Go BFM remembers, read in one snapshot. */
export interface V1State {
  readonly listed: readonly V1Listed[];
  readonly executions: readonly V1Execution[];
  readonly history: readonly V1History[];
}

/** Reads the state of an existing Go BFM, and changes nothing there. */
export interface V1StateReader {
  /** Where it is, for people, without secrets. */
  readonly address: string;
  /**
   * @throws {import.state_missing} {import.state_unknown} {target.unreachable} {target.denied}
   */
  read(): Promise<V1State>;
}
