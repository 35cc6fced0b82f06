import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, runBfm } from '../support/bfm.ts';
import { bfm, errorOf, faultsOf, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { CORE, makeTree, upFile, versionOf } from './support/migration-tree.ts';
import { bytesOf, NAUGHTY_STRINGS } from './support/naughty-strings.ts';

/** By the rule of the guide, written down a second time. */
function mayBeConnection(text: string): boolean {
  return /^[a-z][a-z0-9_-]*$/.test(text) && bytesOf(text) <= 63 && text !== 'bfm_state';
}

const FOLDERS = NAUGHTY_STRINGS.filter((text) => /^[^/.][^/]*$/s.test(text) && bytesOf(text) <= 255);
const ACCEPTED = NAUGHTY_STRINGS.filter(mayBeConnection);

describe('naughty strings as names of connections', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('as folders are taken or refused by name, all at once, and nothing changes', async () => {
    using tree = makeTree(
      Object.fromEntries(
        FOLDERS.map((name) => [`postgresql/${name}/${upFile(1).slice(CORE.length + 1)}`, 'SELECT 1;']),
      ),
    );
    const before = await databaseImage(db);
    const json = await bfm({ db, tree }, 'up', '--json');
    const text = await bfm({ db, tree }, 'up');
    expect([json.code, text.code]).toEqual([2, 2]);
    const faults = faultsOf(json);
    expect(faults).toHaveLength(FOLDERS.filter((name) => !mayBeConnection(name)).length);
    for (const { code, message } of faults) {
      expect(code).toBe('source.bad_name');
      expect(message).toMatch(/a connection name (starts with a lower-case letter|has at most 63 bytes)/);
    }
    expect(json.stderr + text.stderr).not.toMatch(UNSAFE);
    expect(await databaseImage(db)).toBe(before);
  });

  it('in the environment are refused as variables, and nothing changes', async () => {
    const names = NAUGHTY_STRINGS.filter(
      (text) => text !== '' && !text.includes('=') && !/^[a-z][a-z0-9_-]*$/i.test(text),
    );
    const variables = Object.fromEntries(names.map((name) => [`${name}_BACKEND`, 'postgresql']));
    using tree = makeTree({ [upFile(1)]: 'SELECT 1;' });
    const before = await databaseImage(db);
    const json = await bfm({ db, tree, env: variables }, 'up', '--json');
    expect(json.code).toBe(2);
    expect(errorOf(json).code).toBe('config.invalid');
    expect(faultsOf(json).length).toBeGreaterThan(0);
    const text = await bfm({ db, tree, env: variables }, 'up');
    expect(json.stderr + text.stderr).not.toMatch(UNSAFE);
    expect(await databaseImage(db)).toBe(before);
  });

  it('that are taken work: each has its ledger, under its name', async () => {
    expect(ACCEPTED).toContain('undefined');
    const files = ACCEPTED.map((name, index) => [
      `postgresql/${name}/${versionOf(index)}_a.up.sql`,
      `-- bfm: schema=s${index}\nCREATE TABLE t (a int);`,
    ]);
    using tree = makeTree(Object.fromEntries(files) as Record<string, string>);
    const environment = Object.fromEntries(
      ACCEPTED.flatMap((name) => [
        [`${name.toUpperCase()}_BACKEND`, 'postgresql'],
        [`${name.toUpperCase()}_URL`, db.url],
      ]),
    );
    const up = await runBfm(['up', '--json', '--sfm', tree.root], environment);
    expect(up.stderr).toBe('');
    expect(JSON.parse(up.stdout)).toMatchObject({ summary: { applied: ACCEPTED.length } });
    const rows = await db.query<{ name: string }>('SELECT connection AS name FROM bfm.scope');
    expect(rows.map(({ name }) => name).sort()).toEqual(ACCEPTED.toSorted());
  });

  it('as selectors and dependencies are not found or refused, and never obeyed', async () => {
    const nasty = [
      '',
      '\u001b[2J',
      '\u202eevil',
      '"; DROP SCHEMA kept CASCADE; --',
      '../../etc',
      '__proto__',
      'constructor',
      '-rf',
      'x'.repeat(64),
    ];
    using tree = makeTree({ [upFile(1)]: 'SELECT 1;' });
    for (const name of nasty) {
      const end = await bfm({ db, tree }, 'plan', '--json', `--connection=${name}`);
      expect([2, 4]).toContain(end.code);
      expect(['connection.not_found', 'request.invalid', 'name.invalid']).toContain(errorOf(end).code);
      expect(end.stderr).not.toMatch(UNSAFE);
    }
    using dependent = makeTree(
      Object.fromEntries(
        nasty.map((name, index) => [upFile(index), `-- bfm: depends-on=${name}/x\nSELECT 1;`]),
      ),
    );
    const end = await bfm({ db, tree: dependent }, 'plan', '--json');
    expect(end.code).toBe(2);
    expect(new Set(faultsOf(end).map(({ where }) => where.file)).size).toBe(nasty.length);
    const codes = faultsOf(end).map(({ code }) => code);
    expect([...new Set(codes)].sort()).toEqual(['dependency.missing', 'migration.directive_invalid']);
    expect(end.stderr).not.toMatch(UNSAFE);
  });
});
