import type pg from 'pg';
import { together } from './together.ts';

/**
 * Sends a transaction of one query at once, so that it is one round trip.
 *
 * @param begin what opens the transaction; may set something for it
 */
export async function oneFlight<Result>(
  client: pg.ClientBase,
  begin: string,
  query: () => Promise<Result>,
): Promise<Result> {
  const sent = together(client, () => [client.query(begin), query(), client.query('COMMIT')] as const);
  const [began, answered, ended] = await Promise.allSettled(sent);
  for (const sent of [began, answered, ended]) if (sent.status === 'rejected') throw sent.reason;
  if (answered.status === 'rejected') throw answered.reason;
  return answered.value;
}
