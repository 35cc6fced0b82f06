import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { createV1StateReader } from '@bfm/postgresql';
import { describe, expect, it } from 'vitest';
import { realTime, testAddress } from './make-store.ts';

const TABLES = `CREATE SCHEMA "Old State"; SET search_path = "Old State";
  CREATE TABLE migrations_list (migration_id varchar(255) PRIMARY KEY, schema varchar(255), connection text, backend text, status text);
  CREATE TABLE migrations_executions (migration_id text, schema text, connection text, backend text, status text, applied boolean,
    applied_at timestamp);
  CREATE TABLE migrations_history (id serial, migration_id text, schema text, connection text, backend text, status text,
    applied_at timestamp with time zone, executed_by text);
  INSERT INTO migrations_list VALUES ('m', '', 'core', 'postgresql', 'applied');
  INSERT INTO migrations_executions VALUES ('m', 's', 'core', 'postgresql', 'applied', true, '2025-06-01 10:00:00.5'),
    ('n', 's', 'core', 'postgresql', 'pending', false, NULL);
  INSERT INTO migrations_history (migration_id, schema, connection, backend, status, applied_at, executed_by) VALUES
    ('m', 's', 'core', 'postgresql', 'pending', '2025-06-01 09:00:00+00', 'a'),
    ('m', 's', 'core', 'postgresql', 'success', '2025-06-01 12:00:00+02', 'b'),
    ('m', 's', 'core', 'postgresql', 'applied', '2025-06-01 12:00:00+02', 'c'),
    ('m', 's', 'core', 'postgresql', 'rolled_back', '2025-05-01 12:00:00+02', 'd'),
    ('n', 's', 'core', 'postgresql', 'failed', '2025-05-01 12:00:00+02', 'd');
  RESET search_path`;

describe.each(POSTGRES_MAJORS)('the state of an existing Go BFM on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const read = (user?: string): ReturnType<ReturnType<typeof createV1StateReader>['read']> => {
    const address = testAddress(db.url);
    const login = user === undefined ? address : { ...address, user, password: 'secret' };
    return createV1StateReader({ address: login, schema: 'Old State', ...realTime }).read();
  };

  it('is read as it stands, its history in a row for each migration and schema', async () => {
    await db.query(TABLES);
    const m = { migrationId: 'm', connection: 'core', backend: 'postgresql' };
    expect(await read()).toEqual({
      listed: [{ ...m, schema: '', status: 'applied' }],
      executions: [
        { ...m, schema: 's', status: 'applied', applied: true, appliedAt: '2025-06-01T10:00:00.500000' },
        { ...m, migrationId: 'n', schema: 's', status: 'pending', applied: false, appliedAt: null },
      ],
      history: [
        {
          ...m,
          schema: 's',
          appliedAt: '2025-06-01T10:00:00.000000',
          executedBy: 'c',
          rolledBackAt: '2025-05-01T10:00:00.000000',
        },
      ],
    });
  });

  it('is not read by a login that has no right to, which is told so', async () => {
    const role = `reader_${String(major)}`;
    await db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    try {
      await expect(read(role)).rejects.toMatchObject({ code: 'target.denied' });
      await db.query(`GRANT USAGE ON SCHEMA "Old State" TO ${role}`);
      await expect(read(role)).rejects.toMatchObject({ code: 'target.denied' });
      await db.query(`GRANT SELECT ON ALL TABLES IN SCHEMA "Old State" TO ${role}`);
      expect((await read(role)).listed).toHaveLength(1);
    } finally {
      await db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
