import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, runBfm, type BfmLimits } from '../support/bfm.ts';
import { refusalOf, stem, useRowWorld } from './support/row-world.ts';
import { stepFiles } from './support/step-files.ts';

/** A file may have so many KiB, which the system treats as it does a full disk: what fits is written. */
const ROOM: BfmLimits = { ulimit: '-f 1' };
const NO_ROOM: BfmLimits = { ulimit: '-f 0' };

const roots: string[] = [];

beforeAll(() => {
  buildCli();
});
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'bfm-d2-'));
  roots.push(root);
  return root;
}

/** Files below a folder, those that are hidden, too. */
function filesIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

describe('files that bfm makes, without room for them', () => {
  it('D2 init leaves no part of a file', async () => {
    const root = folder();
    const end = await runBfm(['init', root], {}, NO_ROOM);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/cannot be made: .*ulimit -f/);
    expect(filesIn(root)).toEqual([]);
    expect(await runBfm(['init', root], {})).toMatchObject({ code: 0, stderr: '' });
  });

  it('D2 new leaves neither file of the pair', async () => {
    const root = folder();
    mkdirSync(join(root, 'postgresql', 'core'), { recursive: true });
    const args = ['new', 'add_things', '--connection', 'core', '--sfm', root];
    const end = await runBfm(args, {}, NO_ROOM);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/cannot be made: .*ulimit -f/);
    expect(filesIn(root)).toEqual([]);
    expect(await runBfm(args, {})).toMatchObject({ code: 0 });
    expect(filesIn(root)).toHaveLength(2);
  });

  it('D2 the embedded server writes its files whole or not at all', async () => {
    const root = folder();
    const module = join(import.meta.dirname, '../../packages/embedded/src/private-file.ts');
    const script = `const { writePrivateFile, ensurePrivateFile } = await import(${JSON.stringify(module)});
const text = 'x'.repeat(5000);
for (const write of [writePrivateFile, ensurePrivateFile])
  await write(${JSON.stringify(join(root, 'file'))}, text).catch(({ code }) => console.log(code));`;
    const line = 'ulimit -f 1 && exec "$@"';
    const args = ['-c', line, 'bash', process.execPath, '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)('/bin/bash', args);
    expect(stdout).toBe('EFBIG\nEFBIG\n');
    expect(filesIn(root)).toEqual([]);
  });
});

describe.each([15, 18] as const)('plans and results, PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const files = stepFiles(12);

  it('D2 plan --out leaves the plan that was there, or none, and no part of one', async () => {
    const tree = world.tree(files);
    const root = folder();
    const file = join(root, 'plan.json');
    const plan = ['plan', '--schema', 'planned', '--out', file, '--json'];
    const none = await tree.limited(ROOM, ...plan);
    expect(none.code).toBe(2);
    expect(refusalOf(none).message).toMatch(/^the plan cannot be written to .*ulimit -f/);
    expect(filesIn(root)).toEqual([]);

    expect(await tree.bfm(...plan)).toMatchObject({ code: 0 });
    const whole = readFileSync(file, 'utf8');
    expect(Buffer.byteLength(whole)).toBeGreaterThan(1024);
    symlinkSync(file, join(root, 'link'));
    const again = await tree.limited(ROOM, ...plan.with(4, join(root, 'link')));
    expect(again.code).toBe(2);
    expect(filesIn(root)).toEqual(['plan.json']);
    expect(readFileSync(file, 'utf8')).toBe(whole);
    expect(await tree.bfm('up', '--plan', file)).toMatchObject({ code: 0 });
    expect(await world.unsound()).toEqual([]);
  });

  it('D2 plan --out to a device or a pipe writes to it, and tells when it is full', async () => {
    const tree = world.tree(files);
    const plan = ['plan', '--schema', 'devices', '--json', '--out'];
    const full = await tree.bfm(...plan, '/dev/full');
    expect(full.code).toBe(2);
    expect(refusalOf(full).message).toBe('the plan cannot be written to /dev/full: the disk is full');
    expect(await tree.bfm(...plan, '/dev/null')).toMatchObject({ code: 0 });
    expect(existsSync('/dev/full')).toBe(true);
    const piped = await tree.limited({ stdout: ' >(cat)' }, ...plan, '/dev/stdout');
    expect(piped.code).toBe(0);
    expect(piped.stdout).toContain('"digest"');
  });

  it.each([[], ['--json']])(
    'D2 a run whose output finds no room goes on, and does not say success %j',
    async (...json) => {
      const tree = world.tree(files);
      const schema = `full_${json.length}`;
      const up = await tree.limited({ stdout: '/dev/full' }, 'up', '--schema', schema, ...json);
      expect(up).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error: not all of the output could be written: ENOSPC; what was done to databases is done\n',
      });
      expect(await world.unsound()).toEqual([]);
      expect(await world.db.query(`SELECT * FROM "${schema}".step_12`)).toEqual([]);
      // Nothing was lost: the ledger tells.
      const status = await tree.bfm('status', '--schema', schema, '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({ targets: [{ applied: 12, pending: [] }] });
    },
  );

  it('D2 a run that fails keeps the exit code that says so', async () => {
    const tree = world.tree({ [`${stem(1)}.up.sql`]: 'SELECT 1 / 0;\n' });
    const up = await tree.limited({ stdout: '/dev/full' }, 'up', '--schema', 'failed');
    expect(up.code).toBe(1);
    expect(up.stderr).toContain('not all of the output could be written');
    const stderr = await tree.limited({ stdout: '/dev/null 2>/dev/full' }, 'up', '--schema', 'failed');
    expect(stderr.code).toBe(1);
    expect(await world.unsound({ unlogged: 'all' })).toEqual([]);
  });
});
