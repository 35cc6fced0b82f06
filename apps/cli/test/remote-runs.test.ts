import { useTestDatabase } from '@bfm/testing';
import { expect, it } from 'vitest';
import { connectionsTo } from '../../../test/support/bfm.ts';
import { SERVER_TOKEN, startBfmServer } from '../../../test/support/bfm-server.ts';
import { makeFolder, parseDocument, parseError, runMain, SOME_TEXT, type End } from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_plans.up.sql': 'CREATE TABLE plans (id int);\n',
  'postgresql/core/20250102000000_wait.up.sql':
    'SELECT pg_sleep(CASE WHEN current_schema() = $$slow$$ THEN 600 ELSE 0 END);\n',
};

const state = await useTestDatabase(18);
const target = await useTestDatabase(18);

it('lists, shows, follows, cancels and retries the runs of a server', async () => {
  const { url } = await startBfmServer(makeFolder(TREE), {
    ...connectionsTo(target.url, 'core'),
    BFM_STATE_URL: state.url,
  });
  const env = { BFM_SERVER: url, BFM_TOKEN: SERVER_TOKEN, NO_COLOR: '1' };
  const bfm = (line: string): Promise<End> => runMain(line.split(' '), { env });
  const first = (await bfm('up --schema quick --detach')).stdout.trim();
  const watched = await bfm(`run watch ${first}`);
  expect(watched).toMatchObject({ code: 0, stderr: '' });
  expect(watched.stdout).toMatch(/create_plans {2}core\/quick[^]*Applied 2 migrations on 1 target/);

  const second = (await bfm('up --schema slow --detach')).stdout.trim();
  expect(parseDocument((await bfm('run list --json')).stdout)).toMatchObject({
    runs: [{ id: second }, { id: first, status: 'succeeded', summary: { applied: 2 } }],
    next: null,
  });
  expect((await bfm('run list --limit 1')).stdout).toContain(`next: bfm run list --cursor`);
  expect((await bfm(`run cancel ${second}`)).code).toBe(0);
  const cancelled = await bfm(`run watch ${second} --json`);
  expect({ code: cancelled.code, ...parseDocument(cancelled.stdout) }).toMatchObject({
    run: { id: second, status: 'cancelled' },
  });
  expect(cancelled.code).not.toBe(0);
  expect((await bfm(`run show ${second}`)).stdout).toContain('cancelled');
  expect(parseDocument((await bfm(`run show ${second} --json`)).stdout)).toMatchObject({
    run: { id: second, status: 'cancelled', actor: 'admin' },
    steps: [{ migration_id: SOME_TEXT }, { migration_id: SOME_TEXT }],
  });

  const third = (await bfm(`run retry ${second}`)).stdout.trim();
  expect(third).not.toBe(second);
  expect(parseDocument((await bfm(`run show ${third} --json`)).stdout)).toMatchObject({ run: { id: third } });
  expect((await bfm(`run cancel ${third}`)).code).toBe(0);
  const none = await bfm('run watch 7 --json');
  expect({ exit: none.code, code: parseError(none).code }).toEqual({ exit: 4, code: 'run.not_found' });
});

it('needs a server', async () => {
  const end = await runMain(['run', 'list', '--json']);
  expect({ exit: end.code, code: parseError(end).code }).toEqual({ exit: 2, code: 'request.invalid' });
});
