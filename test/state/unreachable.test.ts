import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { STATE_VERSION } from '@bfm/state';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestState, type TestStateOptions } from '../support/state-schema.ts';
import { createRun, useState } from './support/use-state.ts';

const FOLDER = join(import.meta.dirname, '../../packages/state/sfm/postgresql/bfm_state');

describe.each(POSTGRES_MAJORS)('a state that cannot be used, PostgreSQL %i', async (major) => {
  const { db, open } = await useState({ major, pooled: false });

  function opened(url: string, options: TestStateOptions = {}): ReturnType<typeof openTestState> {
    const state = openTestState(url, options);
    onTestFinished(() => state.close());
    return state;
  }

  function address(change: (url: URL) => void): string {
    const url = new URL(db.url);
    change(url);
    return url.href;
  }

  it('is fine when it is there', async () => {
    const state = await open();
    await expect(state.check()).resolves.toBeUndefined();
  });

  it('may be closed again', async () => {
    const state = opened(db.url);
    await state.check();
    await Promise.all([state.close(), state.close()]);
    await expect(state.close()).resolves.toBeUndefined();
  });

  it('W3 is refused by a build that is older than it, with both versions', async () => {
    const state = await open();
    await db.query(`UPDATE bfm_state.state_version SET version = '20991231235959'`);
    await expect(state.check()).rejects.toMatchObject({
      code: 'state.newer',
      details: { found: '20991231235959', known: STATE_VERSION },
      message: expect.stringContaining(STATE_VERSION) as string,
    });
  });

  it('is not ready without tables, with older ones, without a version, and without rights', async () => {
    const state = await open();
    const notReady = { code: 'state.not_ready' };
    await expect(opened(db.url, { schema: 'elsewhere' }).check()).rejects.toMatchObject(notReady);
    await db.query(`UPDATE bfm_state.state_version SET version = '20261123010000'`);
    await expect(state.check()).rejects.toMatchObject(notReady);
    await db.query('DELETE FROM bfm_state.state_version');
    await expect(state.check()).rejects.toMatchObject(notReady);
    await db.query('DROP TABLE bfm_state.state_version');
    await expect(state.check()).rejects.toMatchObject(notReady);
  });

  it.each([
    ['nobody listens', (url: URL): void => void (url.port = '1')],
    ['the database is missing', (url: URL): void => void (url.pathname = '/no_such_database')],
    ['the password is wrong', (url: URL): void => void (url.password = 'wrong')],
    ['the user is unknown', (url: URL): void => void (url.username = 'nobody_of_this_name')],
  ] as const)('says so when %s, and shows no password', async (_what, change) => {
    const state = opened(address(change));
    for (const use of [() => state.check(), () => createRun(state)]) {
      const error = await use().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'state.unavailable' });
      expect(JSON.stringify(error) + String(error)).not.toMatch(/wrong|password=/);
    }
  });

  it('says so when TLS is asked of a server that has none, and never goes on without', async () => {
    const tls = { mode: 'verify-full', rootCertificates: null, client: null } as const;
    await expect(opened(db.url, { tls }).check()).rejects.toMatchObject({ code: 'state.unavailable' });
  });

  it('goes on by itself after its sessions were ended', async () => {
    const state = await open();
    await createRun(state);
    await db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bfm-state' AND datname = current_database()`,
    );
    await until(
      async () =>
        state.check().then(
          () => true,
          () => false,
        ),
      { what: 'the state to be there again' },
    );
  });
});

describe('the version of the state', () => {
  it('is that of the newest file', () => {
    const versions = globSync('*.up.sql', { cwd: FOLDER }).map((file) => basename(file).slice(0, 14));
    expect(versions.sort().at(-1)).toBe(STATE_VERSION);
  });
});
