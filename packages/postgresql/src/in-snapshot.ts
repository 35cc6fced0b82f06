import type pg from 'pg';

/** Reads in one consistent snapshot, which leaves nothing behind. */
export async function inSnapshot<T>(client: pg.ClientBase, read: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await read();
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
