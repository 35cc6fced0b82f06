import { expect, it } from 'vitest';
import { makeFolder, parseError, runMain, SOME_TEXT } from './run-main.ts';

const ENV = { CORE_BACKEND: 'postgresql', CORE_URL: 'postgres://nobody@127.0.0.1:1/none' };

it('prints just the number of its version', async () => {
  expect(await runMain(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
});

it('ends its help with the exit codes, and that of each command with examples', async () => {
  const help = await runMain(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/Exit codes:[^]*70 {2}a bug in BFM/);
  for (const command of ['status', 'plan', 'up', 'down', 'history']) {
    const { stdout, code } = await runMain([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}bfm/);
    expect(stdout).toContain('Which targets:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

it('shows the same help for the word help', async () => {
  const [whole, up] = [await runMain(['help']), await runMain(['help', 'up'])];
  expect([whole, up]).toMatchObject([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  expect(whole.stdout).toContain('Usage: bfm');
  expect(up.stdout).toContain('Usage: bfm up');
  expect((await runMain(['down', '--help'])).stdout).not.toContain('--create-schemas');
});

it('shows its help and exits 2 when nothing is asked for', async () => {
  const end = await runMain([]);
  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(/^Backend For Migrations: [^]*\n {2}status +Show [^]*\nFirst steps:/);
  expect(end.stderr.split('\n').length).toBeLessThan(46);
});

it.each([
  [['stauts'], 'bfm has no command "stauts"; did you mean status?'],
  [['rollback'], 'bfm has no command "rollback"; did you mean down?'],
  [['--sfm', 'x', 'stauts'], 'did you mean status?'],
  [['--sfm', 'status', 'stauts'], 'did you mean status?'],
  [['help', 'nonsense'], 'bfm has no command "nonsense"'],
  [['up', '--lock-wiat', '3s'], 'did you mean --lock-wait?'],
  [['up', '--lock-wait', '3'], '3ms or 3s'],
  [['up', '--out-of-order', 'maybe'], 'refuse, allow'],
  [['up', '--concurrency', '0'], 'whole number from 1'],
  [['up', 'core'], 'too many arguments'],
  [['up', '--fail-fast', '--max-failures', '3'], '--fail-fast is --max-failures 1'],
  [['down'], '--steps N'],
  [['down', '--all', '--steps', '1'], '--steps and --all'],
  [['plan', '--down'], '--migration ID'],
  [['plan', '--steps', '1'], '--down'],
  [['up', '--plan', 'x.json', '--schema', 'a'], '--schema cannot stand beside it'],
  [['up', '--steps', '1'], 'unknown option'],
  [['up', '--schema', '--version'], '--schema is followed by "--version"'],
  [['up', '--schema', '--quiet'], 'is written --schema=--quiet'],
  [['--sfm', '-x', 'up'], '--sfm is followed by "-x"'],
  [['completion'], 'takes one of the shells bash, zsh, fish\n  next: put what it prints where'],
  [['completion', 'zhs'], 'bash, zsh, fish, not "zhs"'],
  [['completion', 'bash', 'zsh'], 'takes one of the shells bash, zsh, fish'],
])('refuses %j with exit 2 and the next step', async (args, text) => {
  const end = await runMain(args, { env: ENV });
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toMatch(/^error\[request\.invalid\]: /);
  expect(end.stderr).toContain(text);
  expect(end.stderr).toContain('  next: ');
});

it.each([
  [['up', '--to', '2025'], 'request.invalid', 2],
  [['up', '--tag', 'critical'], 'request.invalid', 2],
  [['up', '--backend', 'mysql'], 'request.invalid', 2],
  [['up', '--schema', 'pg_catalog'], 'name.invalid', 2],
  [['up', '--schemas-from', '/nowhere/list'], 'request.invalid', 2],
  [['up', '--connection', 'nope'], 'connection.not_found', 4],
  [['up', '--migration', 'nope'], 'migration.not_found', 4],
  [['up', '--all-tenants'], 'config.invalid', 2],
  [['up', '--plan', '/nowhere/plan.json'], 'plan.invalid', 2],
  [['history', '--cursor', 'nonsense'], 'request.invalid', 2],
  [['up'], 'target.unreachable', 8],
  [['plan'], 'target.unreachable', 8],
  [['history'], 'target.unreachable', 8],
])('gives %j the code %s as one JSON document, and exits %i', async (args, code, exit) => {
  const sfm = makeFolder({ 'postgresql/core/20250101000000_a.up.sql': '-- bfm: schema=core\nSELECT 1;' });
  const end = await runMain([...args, '--json', '--sfm', sfm], { env: ENV });
  expect(end).toMatchObject({ code: exit, stdout: '' });
  expect(parseError(end)).toMatchObject({ code, message: SOME_TEXT, next: SOME_TEXT });
});

it('names commands that look where this one was told to, for people and for programs', async () => {
  const folder = makeFolder({
    'postgresql/core/20250101000000_a.up.sql': '-- bfm: schema=core\nSELECT 1;',
    'own.env': `CORE_BACKEND=postgresql\nCORE_URL=${ENV.CORE_URL}\n`,
  });
  const args = ['plan', '--down', '--sfm', folder, '--env-file', `${folder}/own.env`];
  const places = `--sfm ${folder} --env-file ${folder}/own.env`;
  const command = `bfm plan --down --steps 1 ${places}`;
  expect((await runMain(args)).stderr).toContain(command);
  expect(parseError(await runMain([...args, '--json'])).next).toContain(command);
});

it('says of status that a store cannot be reached, and exits 8', async () => {
  const sfm = makeFolder({ 'postgresql/core/20250101000000_a.up.sql': '-- bfm: schema=core\nSELECT 1;' });
  const end = await runMain(['status', '--sfm', sfm], { env: ENV });
  expect(end.code).toBe(8);
  expect(end.stdout).toContain('unreachable');
});

it('says on stderr what it found nothing for, and exits 0', async () => {
  const sfm = makeFolder({ 'postgresql/core/x': '' });
  const end = await runMain(['up', '--sfm', sfm], { env: ENV });
  expect(end).toMatchObject({ code: 0, stderr: `warning: no migrations in ${sfm}/\n` });
  expect(end.stdout).toContain('Nothing to do');
});

it('names a missing folder, and every faulty file with its place and an excerpt', async () => {
  const missing = await runMain(['up', '--sfm', '/nowhere/sfm'], { env: ENV });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('error[source.missing]');
  const sfm = makeFolder({
    'postgresql/core/20250101000000_a.up.sql': '-- bfm: schemer=core\nSELECT 1;\n',
    'postgresql/core/20250102000000_b.up.sql': '-- bfm: batch=many\nSELECT 1;\n',
  });
  const faulty = await runMain(['up', '--sfm', sfm], { env: ENV });
  expect(faulty.code).toBe(2);
  expect(faulty.stderr).toMatch(/error\[migration\.directive_unknown\][^]*20250101000000_a\.up\.sql:1:\d+\n/);
  expect(faulty.stderr).toMatch(/1 \| -- bfm: schemer=core\n +\| +\^/);
  expect(faulty.stderr).toContain('20250102000000_b.up.sql:1:');
});

it('says what to set when no connection is configured', async () => {
  const end = await runMain(['status', '--json'], { env: {} });
  expect(end.code).toBe(2);
  expect(parseError(end)).toMatchObject({ code: 'config.no_connection' });
});

it('names all faults of a configuration, and shows no value', async () => {
  const env = { CORE_BACKEND: 'mysql-secret', GUARD_BACKEND: 'postgresql', GUARD_SCHEMA: 'pg_secret' };
  const end = await runMain(['status'], { env });
  expect(end.code).toBe(2);
  expect(end.stderr).toContain('CORE_BACKEND');
  expect(end.stderr).toContain('GUARD_URL');
  expect(end.stderr).toContain('GUARD_SCHEMA');
  expect(end.stderr).not.toContain('secret');
});
