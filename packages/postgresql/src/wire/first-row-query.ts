import pg from 'pg';

/** The part of pg's query that its types leave out: the driver calls these methods. */
interface WireQuery {
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
}

const wire = pg.Query.prototype as unknown as WireQuery;

/** A query that keeps the first row of each result: nobody looks at the others, and a migration may give millions. */
export class FirstRowQuery extends pg.Query {
  #hasRow = false;

  handleRowDescription(message: unknown): void {
    this.#hasRow = false;
    wire.handleRowDescription.call(this, message);
  }

  handleDataRow(message: unknown): void {
    if (this.#hasRow) return;
    this.#hasRow = true;
    wire.handleDataRow.call(this, message);
  }
}
