import type pg from 'pg';

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
  const [began, answered, ended] = await Promise.allSettled([
    client.query(begin),
    query(),
    client.query('COMMIT'),
  ]);
  for (const sent of [began, answered, ended]) if (sent.status === 'rejected') throw sent.reason;
  if (answered.status === 'rejected') throw answered.reason;
  return answered.value;
}
