import { until } from '@bfm/testing';
import { expect, it } from 'vitest';
import { idOf, table, versionOf } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

const UP = { target: {}, connection: 'core' };
const USERS = idOf(1, 'users');

it('an edited applied migration: 206 with the code and both checksums, and detail carries the drift', async () => {
  const { call, put } = await useApi(table(1, 'users', { schema: 'shop' }));
  await call('POST', '/migrations/up', UP);
  await put(table(1, 'users', { schema: 'shop', up: 'CREATE TABLE users (id bigint);' }));
  await call('POST', '/migrations/reindex');
  const { status, body } = await call('POST', '/migrations/up', UP);
  expect(status).toBe(206);
  expect(String(body['errors'])).toMatch(/drift\.checksum_changed: .*applied [0-9a-f]{64}, now [0-9a-f]{64}/);
  expect((await call('GET', `/migrations/${USERS}`)).body).toMatchObject({
    drift: [{ code: 'drift.checksum_changed', schema: 'shop' }],
  });
  expect((await call('GET', '/drift')).body).toMatchObject({
    targets: [{ drift: [{ kind: 'checksum_changed', migration_id: USERS }] }],
  });
});

it('a faulty file is named with its dependents, and everything else runs', async () => {
  const { call } = await useApi({
    ...table(1, 'users', { schema: 'shop' }),
    ...table(2, 'bad', { head: '-- bfm: transacton=none' }),
    ...table(3, 'on_bad', { head: '-- bfm: depends-on=core/bad' }),
  });
  const { status, body } = await call('POST', '/migrations/up', UP);
  expect([status, body['applied']]).toEqual([206, [USERS]]);
  expect(body['errors']).toEqual([
    expect.stringContaining(`${idOf(2, 'bad')}: migration.directive_unknown: `),
    expect.stringContaining(`${idOf(3, 'on_bad')}: dependency resolution: `),
  ]);
  expect((await call('GET', '/lint')).body).toMatchObject({
    faults: [{ code: 'migration.directive_unknown' }],
    quarantined: [{ migration_id: idOf(2, 'bad') }, { migration_id: idOf(3, 'on_bad') }],
  });
});

it('a busy target: 409 with the v1 body and who holds it', async () => {
  const { call, db } = await useApi(
    {
      ...table(1, 'slow', { schema: 'shop', up: 'SELECT pg_sleep(600);' }),
      ...table(2, 'notes', { schema: 'shop' }),
    },
    { lockWaitMs: 200 },
  );
  const version = (number: number): object => ({ ...UP, target: { version: versionOf(number) } });
  const slow = call('POST', '/migrations/up', version(1));
  const sleeping = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()`;
  await until(async () => (await db.query(sleeping)).length > 0, {
    what: 'the slow migration',
    timeoutMs: 30_000,
  });
  const { status, body } = await call('POST', '/migrations/up', version(2));
  await db.query(`SELECT pg_cancel_backend(pid) FROM (${sleeping}) AS slow`);
  expect([status, body['success'], body['applied']]).toEqual([409, false, []]);
  expect(String(body['errors'])).toMatch(/target\.locked: .*since .*token \d+/);
  expect((await slow).status).toBe(206);
});
