import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileAhead } from '../../scripts/build/compile-ahead.ts';
import { sealBundle, sealOf } from '../../scripts/build/seal.ts';

const LAUNCHER = join(import.meta.dirname, '../../apps/cli/bin/bfm.cjs');

/** Makes a Node say that it is an old one, so that no old one has to be installed. */
const OLD_NODE = [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}});Object.defineProperty(process,'version',{value:'v20.1.0'})`,
];

/** Stands for the bundle: says who it is, then does as its argument says. */
const MAIN = `
process.on('SIGTERM', () => { console.log('got SIGTERM'); process.exit(7); });
process.on('SIGINT', () => { console.log('got SIGINT'); });
console.log(process.pid, process.versions.node.split('.')[0] !== '20', process.argv.slice(2).join(' '));
const [what, value] = process.argv.slice(2);
if (what === 'exit') process.exitCode = Number(value);
if (what === 'die') process.kill(process.pid, 'SIGKILL');
if (what === 'wait') setInterval(() => {}, 1000);
`;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bfm-launcher-'));
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'dist'));
  cpSync(LAUNCHER, join(root, 'bin/bfm.cjs'));
  writeFileSync(join(root, 'dist/bfm.cjs'), MAIN);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function installBundledNode(): void {
  const folder = join(root, 'node_modules', `node-linux-${process.arch}`);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  symlinkSync(process.execPath, join(folder, 'bin/node'));
}

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function end(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no streams');
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const [[code, signal], out, err] = await Promise.all([closed, text(stdout), text(stderr)]);
  return { code, signal, stdout: out, stderr: err };
}

/** Waits until the child has written something. */
async function firstLine(child: ChildProcess): Promise<void> {
  await once(child.stdout ?? child, 'data');
}

const launcher = (): string => join(root, 'bin/bfm.cjs');

it('runs the bundle in the same process when Node is new enough', async () => {
  const child = start(launcher(), 'exit', '3');
  expect(await end(child)).toMatchObject({
    code: 3,
    stdout: `${String(child.pid)} true exit 3\n`,
    stderr: '',
  });
});

it('asks env for nothing but node: BusyBox, BSDs and the shims that npm makes on Windows know no more', () => {
  expect(readFileSync(LAUNCHER, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});

it('answers --version without the bundle', async () => {
  rmSync(join(root, 'dist/bfm.cjs'));
  writeFileSync(join(root, 'package.json'), '{"version":"1.2.3"}');
  for (const option of ['--version', '-V']) {
    expect(await end(start(launcher(), option))).toMatchObject({ code: 0, stdout: '1.2.3\n', stderr: '' });
  }
});

/** Tells on stderr whether V8 took compiled code, when it was given any. */
const TELL_REJECTED = [
  '--import',
  `data:text/javascript,import vm from 'node:vm';const{Script}=vm;vm.Script=class extends Script{constructor(...args){super(...args);console.error(args[1].cachedData?.length>0,this.cachedDataRejected)}}`,
];

it('hands compiled code to V8, which takes it', async () => {
  writeFileSync(join(root, 'dist/bfm.cjs'), sealBundle(MAIN));
  expect(await compileAhead(join(root, 'dist/bfm.cjs'))).toBeNull();
  const { code, stderr } = await end(start(...TELL_REJECTED, launcher(), 'exit', '3'));
  expect({ code, stderr }).toEqual({ code: 3, stderr: 'true false\n' });
});

it('starts without compiled code that is broken or belongs to another bundle', async () => {
  const sealed = sealBundle(MAIN);
  writeFileSync(join(root, 'dist/bfm.cjs'), sealed);
  writeFileSync(join(root, 'dist/bfm.cjs.cache'), sealOf(sealed) + 'x'.repeat(2000));
  const broken = await end(start(...TELL_REJECTED, launcher(), 'exit', '3'));
  expect(broken).toMatchObject({ code: 3, stderr: 'true true\n' });
  writeFileSync(join(root, 'dist/bfm.cjs.cache'), 'y'.repeat(2000));
  const foreign = await end(start(...TELL_REJECTED, launcher(), 'exit', '3'));
  expect(foreign).toMatchObject({ code: 3, stderr: 'false undefined\n' });
});

it('says in one line what to do when there is no bundle', async () => {
  rmSync(join(root, 'dist/bfm.cjs'));
  const { code, stderr } = await end(start(launcher()));
  expect(code).toBe(2);
  expect(stderr).toBe('bfm is not built yet: run npm run build first.\n');
});

it('says in one line that Node is too old when no other is there', async () => {
  const { code, stderr } = await end(start(...OLD_NODE, launcher()));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^bfm needs Node 22\.12 or newer; this is v20\.1\.0\. [^\n]+\n$/);
});

describe.runIf(process.platform === 'linux')('with an old Node and a bundled one', () => {
  beforeEach(installBundledNode);

  it('runs the bundle under the bundled Node with the same arguments and exit code', async () => {
    const child = start(...OLD_NODE, launcher(), 'exit', '6');
    const { code, stdout, stderr } = await end(child);
    expect({ code, stderr }).toEqual({ code: 6, stderr: '' });
    expect(stdout).toMatch(/^\d+ true exit 6\n$/);
    expect(stdout).not.toContain(`${String(child.pid)} `);
  });

  it('dies of the signal the bundle dies of', async () => {
    expect(await end(start(...OLD_NODE, launcher(), 'die'))).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('hands signals on and ends when the bundle ends', async () => {
    const child = start(...OLD_NODE, launcher(), 'wait');
    const ended = end(child);
    await firstLine(child);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 7, signal: null });
  });

  it('takes the bundle with it when it is killed', { timeout: 20_000 }, async () => {
    const child = start(...OLD_NODE, launcher(), 'wait');
    const ended = end(child);
    await firstLine(child);
    child.kill('SIGKILL');
    // The streams end only when the bundle, which has inherited them and would wait for ever, is gone as well.
    expect(await ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });
});
