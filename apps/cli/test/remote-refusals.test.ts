import { useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { connectionsTo } from '../../../test/support/bfm.ts';
import { SERVER_TOKEN, startBfmServer } from '../../../test/support/bfm-server.ts';
import { makeFolder, parseError, runMain, type End } from './run-main.ts';

const ELSEWHERE = 'http://bfm.example.com:7070';
const NOWHERE = 'http://127.0.0.1:1';
const SECRET = 'bfm_api_secret_of_this_test';
const TREE = {
  'postgresql/core/20250101000000_create_plans.up.sql': '-- bfm: schema=core\nCREATE TABLE plans (id int);\n',
};

/** A command line, what is set, and what it comes to. */
interface Refusal {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exit: number;
  readonly code: string;
  readonly says: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    args: ['up', '--server', NOWHERE],
    exit: 8,
    code: 'server.unreachable',
    says: /at http:\/\/127\.0\.0\.1:1 .*curl -i/s,
  },
  {
    args: ['up', '--server', ELSEWHERE],
    exit: 2,
    code: 'request.invalid',
    says: /without encryption.*BFM_ALLOW_CLEAR_TEXT/s,
  },
  {
    args: ['up', '--server', 'bfm.example.com'],
    exit: 2,
    code: 'request.invalid',
    says: /begins with https/,
  },
  {
    args: ['up', '--server', `https://ann:${SECRET}@bfm.example.com`],
    exit: 2,
    code: 'request.invalid',
    says: /more in it than an address/,
  },
  {
    args: ['up', '--server', NOWHERE],
    env: { BFM_TOKEN: '' },
    exit: 3,
    code: 'auth.missing',
    says: /BFM_TOKEN_FILE/,
  },
  {
    args: ['up', '--server', NOWHERE],
    env: { BFM_TOKEN_FILE: '/dev/null' },
    exit: 2,
    code: 'request.invalid',
    says: /both set/,
  },
  {
    args: ['up', '--server', NOWHERE],
    env: { BFM_TOKEN: '', BFM_TOKEN_FILE: '/nowhere/token' },
    exit: 2,
    code: 'config.invalid',
    says: /cannot be read/,
  },
  {
    args: ['up', '--server', NOWHERE],
    env: { BFM_TOKEN: '', BFM_TOKEN_FILE: '/dev/null' },
    exit: 2,
    code: 'config.invalid',
    says: /nothing in it/,
  },
  {
    args: ['up', '--server', NOWHERE],
    env: { BFM_TOKEN: `${SECRET}\n${SECRET}` },
    exit: 2,
    code: 'config.invalid',
    says: /characters/,
  },
  {
    args: ['up', '--server', NOWHERE, '--sfm', 'sfm'],
    exit: 2,
    code: 'request.invalid',
    says: /--sfm is given beside --server/,
  },
  {
    args: ['up', '--config', 'bfm.yaml'],
    env: { BFM_SERVER: NOWHERE },
    exit: 2,
    code: 'request.invalid',
    says: /--config is given beside BFM_SERVER.*unset BFM_SERVER/s,
  },
  {
    args: ['up', '--server', NOWHERE],
    env: { BFM_ALLOW_CLEAR_TEXT: 'maybe' },
    exit: 2,
    code: 'config.invalid',
    says: /neither true nor false/,
  },
  {
    args: ['new', 'create_users', '--server', NOWHERE],
    exit: 2,
    code: 'request.invalid',
    says: /works on this machine/,
  },
  { args: ['init', '--server', NOWHERE], exit: 2, code: 'request.invalid', says: /works on this machine/ },
  { args: ['serve', '--server', NOWHERE], exit: 2, code: 'request.invalid', says: /works on this machine/ },
  {
    args: ['completion', 'bash', '--server', NOWHERE],
    exit: 2,
    code: 'request.invalid',
    says: /works on this machine/,
  },
];

/** Nobody may read a token in what is told. */
function expectSilent({ stdout, stderr }: End): void {
  expect(stdout + stderr).not.toContain(SECRET);
  expect(stdout + stderr).not.toContain(SERVER_TOKEN);
}

it.each(REFUSALS.map((refusal) => ({ ...refusal, line: refusal.args.join(' ') })))(
  'bfm $line comes to $code: $says',
  async ({ args, env, exit, code, says }) => {
    const around = { env: { BFM_TOKEN: SECRET, BFM_DEBUG: '1', ...env } };
    const end = await runMain([...args, '--json'], around);
    const { code: told, message, next = '' } = parseError(end);
    expect({ exit: end.code, code: told }).toEqual({ exit, code });
    expect(`${message} ${next}`).toMatch(says);
    expectSilent(end);
    const text = await runMain(args, around);
    expect(text).toMatchObject({ code: exit, stdout: '' });
    expectSilent(text);
  },
);

it('sends nothing to a server that is named beside a command for this machine only', async () => {
  const folder = makeFolder({});
  const end = await runMain(['new', 'create_users', '--connection', 'core', '--sfm', 'sfm'], {
    cwd: folder,
    env: { BFM_SERVER: NOWHERE },
  });
  expect(end.code, end.stderr).toBe(0);
});

describe('a server', async () => {
  const state = await useTestDatabase(18);
  const target = await useTestDatabase(18);
  const environment = { ...connectionsTo(target.url, 'core'), BFM_STATE_URL: state.url };

  const serve = async (): Promise<string> => (await startBfmServer(makeFolder(TREE), environment)).url;

  const tokenOf = async (name: string): Promise<string> => {
    const made = await runMain(['token', 'create', name, '--role', 'viewer'], { env: environment });
    return made.stdout.trim();
  };

  it('refuses a wrong token, and one that has ended, with 3', async () => {
    const url = await serve();
    const token = await tokenOf('gone');
    await state.query(
      `UPDATE bfm_state.token SET expires_at = created_at + interval '1 microsecond' WHERE name = 'gone'`,
    );
    for (const text of [SECRET, token]) {
      const end = await runMain(['status', '--server', url, '--json'], { env: { BFM_TOKEN: text } });
      expect({ exit: end.code, ...parseError(end) }).toMatchObject({ exit: 3, code: 'auth.invalid' });
      expect(end.stderr).not.toContain(text);
    }
  });

  it('lets a viewer look, and not run', async () => {
    const url = await serve();
    const env = { BFM_SERVER: url, BFM_TOKEN: await tokenOf('watcher') };
    for (const command of ['status', 'plan', 'drift', 'lint', 'history', 'up --dry-run']) {
      expect(await runMain(command.split(' '), { env })).toMatchObject({ code: 0 });
    }
    const end = await runMain(['up', '--json'], { env });
    expect({ exit: end.code, ...parseError(end) }).toMatchObject({ exit: 3, code: 'auth.forbidden' });
    const query = ['plan', '--connection', 'core', '--schemas-from', `SELECT 'a'`, '--json'];
    expect(parseError(await runMain(query, { env }))).toMatchObject({ code: 'auth.forbidden' });
    expect(await target.query(`SELECT 1 FROM pg_class WHERE relname = 'plans'`)).toEqual([]);
  });

  it('is told by its variables and the file of its token, also from --env-file', async () => {
    const url = await serve();
    const folder = makeFolder({
      token: `${SERVER_TOKEN}\n`,
      env: `BFM_SERVER=${url}\nBFM_TOKEN_FILE=token\n`,
    });
    const end = await runMain(['status', '--env-file', 'env', '--json'], { cwd: folder });
    expect(end.code, end.stderr).toBe(0);
    expectSilent(end);
  });

  it('is something else that answers', async () => {
    const url = await serve();
    const env = { BFM_TOKEN: SECRET };
    const end = await runMain(['status', '--server', `${url}/elsewhere`, '--json'], { env });
    expect({ exit: end.code, code: parseError(end).code }).toEqual({ exit: 4, code: 'request.not_found' });
  });
});
