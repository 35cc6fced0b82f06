/** A PostgreSQL database in which leases are kept, as whoever composes the program gives it. */
export interface LeaseDatabase {
  /** Where it is, for people, without secrets. */
  readonly address: string;
  /** Runs one reading statement. */
  read<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs one statement in a transaction of its own that may write, and gives its first row; deadlines are the database's to set. */
  write<Row extends object>(text: string, values: readonly unknown[]): Promise<Row | null>;
  close(): Promise<void>;
}
