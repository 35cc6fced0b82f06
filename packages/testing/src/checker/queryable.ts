import type { Client } from 'pg';

/** A connected client, as far as the checker needs one. */
export type Queryable = Pick<Client, 'query'>;
