import type pg from 'pg';

/**
 * Tells one database from a restored or cloned copy of it: the cluster's system identifier and the database's OID.
 * Where reading the control file is not allowed, the OID alone. Also tells which backend answered.
 */
export async function databaseIdentity(
  client: pg.ClientBase,
): Promise<{ readonly identity: string; readonly pid: number }> {
  const result = await client.query<{ identity: string; pid: number }>(DATABASE_IDENTITY);
  const [row] = result.rows;
  if (row === undefined) throw new Error('the database answered no row about itself');
  return row;
}

/** The query for it. The CASE keeps the function from being called without the right to: that is checked when it runs. */
export const DATABASE_IDENTITY = `
SELECT CASE WHEN pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute')
         THEN (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) ELSE 'unknown' END
       || '/' || d.oid AS identity, pg_catalog.pg_backend_pid() AS pid
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`;
