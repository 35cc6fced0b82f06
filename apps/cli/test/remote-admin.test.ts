import { useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { connectionsTo } from '../../../test/support/bfm.ts';
import { SERVER_TOKEN, startBfmServer } from '../../../test/support/bfm-server.ts';
import { makeFolder, parseDocument, parseError, runMain, SOME_TEXT, type End } from './run-main.ts';

const TREE = { 'postgresql/core/20250101000000_create_plans.up.sql': 'CREATE TABLE plans (id int);\n' };

type Bfm = (line: string, token?: string) => Promise<End>;

describe('what admins do through a server', async () => {
  const state = await useTestDatabase(18);
  const target = await useTestDatabase(18);

  async function start(): Promise<Bfm> {
    const { url } = await startBfmServer(makeFolder(TREE), {
      ...connectionsTo(target.url, 'core'),
      BFM_STATE_URL: state.url,
      BFM_SERVER_WORKER: 'false',
    });
    return (line, token = SERVER_TOKEN) =>
      runMain(line.split(' '), { env: { BFM_SERVER: url, BFM_TOKEN: token, NO_COLOR: '1' } });
  }

  it('makes, lists, rotates and revokes tokens as on the state itself, and keeps who did it', async () => {
    const bfm = await start();
    const made = await bfm('token create ci --role viewer --lifetime 1d');
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('shown once') as string });
    const viewer = made.stdout.trim();
    expect(viewer).toMatch(/^bfm_api_/);
    expect((await bfm('status', viewer)).code).toBe(0);
    const taken = await bfm('token create ci --json');
    expect({ exit: taken.code, code: parseError(taken).code }).toEqual({ exit: 5, code: 'token.name_taken' });
    expect((await bfm('token list')).stdout).toMatch(/ci +viewer +bfm_api_/);
    const rotated = (await bfm('token rotate ci --grace 0')).stdout.trim();
    expect(rotated).not.toBe(viewer);
    const revoked = parseDocument((await bfm('token revoke ci --json')).stdout);
    expect(revoked).toMatchObject({ token: { name: 'ci', revoked_at: SOME_TEXT } });
    const none = await bfm('token revoke nobody --json');
    expect({ exit: none.code, code: parseError(none).code }).toEqual({ exit: 4, code: 'token.not_found' });
    const { entries } = parseDocument((await bfm('audit list --actor admin --json')).stdout);
    expect((entries as { action: string }[]).map(({ action }) => action)).toEqual([
      'token.revoke',
      'token.rotate',
      'token.create',
    ]);
  });

  it('lets a viewer do none of it, and writes down that they tried', async () => {
    const bfm = await start();
    const viewer = (await bfm('token create vic --role viewer')).stdout.trim();
    for (const line of ['token list', 'token create own --role admin', 'token revoke vic', 'audit list']) {
      const end = await bfm(`${line} --json`, viewer);
      expect({ line, exit: end.code, code: parseError(end).code }).toEqual({
        line,
        exit: 3,
        code: 'auth.forbidden',
      });
    }
    const told = (await bfm('audit list --actor vic')).stdout;
    expect(told.match(/refused/g)).toHaveLength(4);
  });

  it('pages through the audit and writes all of it as lines', async () => {
    const bfm = await start();
    for (const name of ['a', 'b', 'c']) await bfm(`token create ${name}`);
    const first = await bfm('audit list --action token.create --limit 2');
    expect(first.stdout).toMatch(/next: bfm audit list --action token.create --limit 2 --cursor '\S+'/);
    const exported = (await bfm('audit export --action token.create')).stdout.trim().split('\n');
    const names = exported.map((line) => (JSON.parse(line) as { detail: { name: string } }).detail.name);
    expect(names.slice(0, 3)).toEqual(['c', 'b', 'a']);
  });

  it('pauses and resumes a run that nobody has taken', async () => {
    const bfm = await start();
    const id = (await bfm('up --schema one --detach')).stdout.trim();
    expect((await bfm(`run pause ${id}`)).stdout).toContain('paused');
    expect((await bfm('run list --status paused')).stdout).toContain(id);
    expect((await bfm(`run resume ${id}`)).stdout).toContain('queued');
    expect((await bfm(`run cancel ${id}`)).stdout).toContain('cancelled');
    const over = await bfm(`run pause ${id} --json`);
    expect({ exit: over.code, code: parseError(over).code }).toEqual({ exit: 5, code: 'run.ended' });
  });
});
