/** A row of the state that breaks a promise of its tables: somebody wrote it behind BFM's back, or a disk lies. */
export interface UnsoundRow {
  readonly table: string;
  /** What finds the row again, in words such as `id 5f…`. */
  readonly key: string;
  /** What is wrong with it, in one sentence. */
  readonly problem: string;
  /** The statement that mends it, for psql. */
  readonly mend: string;
}

/** What a look at all of the state has found. */
export interface StateExamination {
  /** `host:port/database`. */
  readonly address: string;
  /** The first ones of each kind. */
  readonly rows: readonly UnsoundRow[];
}
