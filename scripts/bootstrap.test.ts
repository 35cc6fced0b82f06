import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

interface Bootstrap {
  readonly nodeProblem: (version: string, platform: string) => string | null;
  readonly installState: (root: string) => 'ready' | 'unmarked' | 'missing' | 'outdated' | 'unfinished';
  readonly installCommands: () => string[][];
}

const SCRIPT = join(import.meta.dirname, 'bootstrap.mjs');
const { nodeProblem, installState, installCommands } = (await import(SCRIPT)) as Bootstrap;

const LOCK = {
  packages: {
    '': { name: 'bfm' },
    'packages/core': { name: '@bfm/core' },
    'node_modules/pg': { version: '8.0.0', integrity: 'sha512-pg' },
    'node_modules/for-mars': { version: '1.0.0', integrity: 'sha512-mars', optional: true },
  },
};
const INSTALLED = { packages: { 'node_modules/pg': LOCK.packages['node_modules/pg'] } };

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bfm-bootstrap-'));
  await mkdir(join(root, 'scripts'));
  await copyFile(SCRIPT, join(root, 'scripts', 'bootstrap.mjs'));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(LOCK));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function install(installed: unknown): Promise<void> {
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify(installed));
}

describe('the machine’s Node', () => {
  test.each([
    ['20.20.0', 'linux-x64', null],
    ['18.0.0', 'linux-arm64', null],
    ['24.1.0', 'darwin-arm64', null],
    ['22.18.0', 'win32-x64', null],
    ['16.20.0', 'linux-x64', 'Node 16.20.0 is too old for BFM'],
    ['22.17.1', 'darwin-arm64', 'too old for BFM on darwin-arm64: install Node 24 (at least 22.18)'],
  ])('%s on %s: %s', (version, platform, problem) => {
    if (problem === null) expect(nodeProblem(version, platform)).toBeNull();
    else expect(nodeProblem(version, platform)).toContain(problem);
  });

  test('that is too old is told so in one line', () => {
    expect(nodeProblem('16.20.0', 'linux-x64')).not.toContain('\n');
  });
});

describe('what is installed', () => {
  test('is missing without npm’s own record, which npm writes last', async () => {
    await mkdir(join(root, 'node_modules', 'pg'), { recursive: true });
    expect(installState(root)).toBe('missing');
  });

  test('is accepted when it is exactly what the lock file says, whoever installed it', async () => {
    await install(INSTALLED);
    expect(installState(root)).toBe('unmarked');
  });

  test.each([
    ['another version', { version: '7.0.0', integrity: 'sha512-pg' }],
    ['another content', { version: '8.0.0', integrity: 'sha512-other' }],
  ])('is outdated with %s', async (_name, pg) => {
    await install({ packages: { 'node_modules/pg': pg } });
    expect(installState(root)).toBe('outdated');
  });

  test('is outdated when a package is missing that is not optional', async () => {
    await install({ packages: {} });
    expect(installState(root)).toBe('outdated');
  });

  test('is installed by npm install first, which destroys nothing', () => {
    expect(installCommands().map(([command]) => command)).toEqual(['install', 'ci']);
    expect(installCommands()[0]).toContain('--no-save');
  });
});

describe('the script', () => {
  /** A stand-in for npm that writes down how it was called and then does what `body` says. */
  async function fakeNpm(body: string): Promise<string> {
    const path = join(root, 'npm-cli.js');
    const installing = `
      const fs = require('fs');
      const calls = () => fs.readFileSync('calls', 'utf8').trim().split('\\n').length;
      const install = () => {
        fs.mkdirSync('node_modules', { recursive: true });
        fs.writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(JSON.stringify(INSTALLED))});
      };
      fs.appendFileSync('calls', process.argv[2] + '\\n');
      ${body}`;
    await writeFile(path, installing);
    return path;
  }

  function start(npm: string, args: readonly string[] = []): ChildProcess {
    return spawn(process.execPath, [join(root, 'scripts', 'bootstrap.mjs'), ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', npm_execpath: npm },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function finish(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, errors };
  }

  async function calls(): Promise<readonly string[]> {
    const text = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean);
  }

  test('installs once, notes it, and has nothing to do the next time', async () => {
    const npm = await fakeNpm('install();');
    expect((await finish(start(npm))).errors).toContain('first time: about 200 MB');
    expect(installState(root)).toBe('ready');
    expect(await finish(start(npm))).toEqual({ code: 0, errors: '' });
    expect(await calls()).toEqual(['install']);
  });

  test('installs again when the lock file has changed', async () => {
    const npm = await fakeNpm('install();');
    await finish(start(npm));
    const changed = { packages: { ...LOCK.packages, 'node_modules/new': { version: '1.0.0' } } };
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(changed));
    expect((await finish(start(npm))).errors).toContain('package-lock.json has changed');
    expect(await calls()).toEqual(['install', 'install']);
  });

  test('tries once more in another way when npm fails', async () => {
    const npm = await fakeNpm('if (calls() === 1) process.exit(7); install();');
    const { code, errors } = await finish(start(npm));
    expect(code).toBe(0);
    expect(errors).toContain('npm install failed (exit code 7)');
    expect(await calls()).toEqual(['install', 'ci']);
  });

  test('shows what npm said when it failed both times', async () => {
    const npm = await fakeNpm(`console.error('npm error ENOTFOUND'); process.exit(1);`);
    const { code, errors } = await finish(start(npm));
    expect(code).toBe(1);
    expect(errors).toContain('npm error ENOTFOUND');
    expect(errors).toContain('could not be installed');
  });

  test('lets a second process wait for the first, and install nothing', async () => {
    const gate = join(root, 'gate');
    const npm = await fakeNpm(`
      const timer = setInterval(() => { if (fs.existsSync('gate')) { clearInterval(timer); install(); } }, 5);`);
    const first = start(npm);
    const firstEnd = finish(first);
    await vi.waitUntil(async () => (await calls()).length === 1, { timeout: 20_000 });
    const second = start(npm);
    const waiting = once(second.stderr ?? second, 'data');
    const secondEnd = finish(second);
    expect(String((await waiting)[0])).toContain(`pid ${String(first.pid)}`);
    await writeFile(gate, '');
    expect([(await firstEnd).code, (await secondEnd).code]).toEqual([0, 0]);
    expect(await calls()).toEqual(['install']);
  });

  test('is not held up by the lock of a process that died', async () => {
    const npm = await fakeNpm('install();');
    const dead = start(npm);
    await finish(dead);
    await rm(join(root, 'node_modules'), { recursive: true });
    await mkdir(join(root, '.bfm', 'bootstrap.lock'), { recursive: true });
    await writeFile(join(root, '.bfm', 'bootstrap.lock', 'pid'), String(dead.pid));
    expect((await finish(start(npm))).code).toBe(0);
    expect(await readdir(join(root, '.bfm'))).toEqual([]);
  });

  /** An npm that has begun to write node_modules and then never gets on, not even when it is asked to end. */
  const STUBBORN = `
    fs.mkdirSync('node_modules/half', { recursive: true });
    process.on('SIGTERM', () => fs.writeFileSync('asked', ''));
    fs.writeFileSync('npm.pid', String(process.pid));
    setInterval(() => {}, 1000);`;

  async function appears(name: string): Promise<string> {
    const read = (): Promise<string | false> => readFile(join(root, name), 'utf8').catch(() => false);
    return vi.waitUntil(read, { timeout: 20_000, interval: 10 });
  }

  test('ends npm, gives the lock back and says so when it is interrupted', async () => {
    const npm = await fakeNpm(
      `fs.writeFileSync('npm.pid', String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const child = start(npm);
    const end = finish(child);
    const npmPid = await appears('npm.pid');
    child.kill('SIGINT');
    const { code, errors } = await end;
    expect(code).toBe(130);
    expect(errors.split('\n').slice(-3)).toEqual([
      'bfm: stopping ...',
      'bfm: interrupted; run the same command again to go on',
      '',
    ]);
    expect(await readdir(join(root, '.bfm'))).toEqual(['installing']);
    expect(() => process.kill(Number(npmPid), 0)).toThrow('ESRCH');
  });

  test('ends an npm that does not listen, and starts anew the next time', async () => {
    const child = start(await fakeNpm(STUBBORN));
    const end = finish(child);
    const npmPid = await appears('npm.pid');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await end).code).toBe(130);
    expect(() => process.kill(Number(npmPid), 0)).toThrow('ESRCH');
    expect(installState(root)).toBe('unfinished');

    const { code, errors } = await finish(start(await fakeNpm('install();')));
    expect(code).toBe(0);
    expect(errors).toContain('the last installation was interrupted; starting it anew');
    expect(await readdir(join(root, 'node_modules'))).not.toContain('half');
    expect(installState(root)).toBe('ready');
    expect(await readdir(join(root, '.bfm'))).toEqual([]);
  });

  test('starts anew after it was killed, though npm’s record looks complete', async () => {
    const child = start(await fakeNpm(`install(); ${STUBBORN}`));
    const end = finish(child);
    const npmPid = await appears('npm.pid');
    child.kill('SIGKILL');
    expect(installState(root)).toBe('unfinished');
    expect((await finish(start(await fakeNpm('install();')))).code).toBe(0);
    await end;
    expect(await readdir(join(root, 'node_modules'))).not.toContain('half');
    // Nobody may have reaped it yet, but it works nowhere any more; elsewhere than on Linux it is left alone.
    if (process.platform === 'linux') await expect(readlink(`/proc/${npmPid}/cwd`)).rejects.toThrow();
    else process.kill(Number(npmPid), 'SIGKILL');
  });

  test('waits for another installation only until it is interrupted', async () => {
    await mkdir(join(root, '.bfm', 'bootstrap.lock'), { recursive: true });
    await writeFile(join(root, '.bfm', 'bootstrap.lock', 'pid'), String(process.pid));
    const child = start(await fakeNpm('install();'));
    const end = finish(child);
    await once(child.stderr ?? child, 'data');
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    expect(await calls()).toEqual([]);
  });

  test('runs a script with its arguments and ends as it does', async () => {
    const npm = await fakeNpm('install();');
    const script = join(root, 'script.mjs');
    await writeFile(script, 'console.log(process.argv.slice(2).join()); process.exitCode = 5;');
    const child = start(npm, [script, 'one', '--two']);
    const output = once(child.stdout ?? child, 'data');
    expect((await finish(child)).code).toBe(5);
    expect(String((await output)[0])).toBe('one,--two\n');
  });
});
