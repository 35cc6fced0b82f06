import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadRoot, loadTree, makeTree, toPlaces } from '../test/temp-tree.ts';
import { loadSource } from './load-source.ts';

const UP = 'postgresql/core/20250101120000_a.up.sql';
const DOWN = 'postgresql/core/20250101120000_a.down.sql';
const NAMES_BYTES_MAX = 255;
const MAKE_PIPE = 'mkfifo';

describe('a sound tree', () => {
  it('becomes a catalog in canonical order, with both scripts of each migration', async () => {
    const { catalog, faults, warnings, quarantined } = await loadTree({
      'README.md': '# sfm',
      '.hidden/x.up.sql': 'SELEC',
      'postgresql/README.md': 'x',
      'postgresql/core/notes.txt': 'x',
      'postgresql/core/.20250101120000_a.up.sql.swp': 'x',
      [UP]: '-- bfm: schema=core, tags=tier=critical\n-- bfm: depends-on=guard/b\nCREATE TABLE core.t (a int);\n',
      [DOWN]: '-- bfm: lock-timeout=1s\nDROP TABLE core.t;\n',
      'postgresql/guard/20250102120000_b.up.sql': '-- bfm: schema=guard\nCREATE TABLE guard.t (a int);',
      'greptimedb/logs/20250103120000_c.up.sql': 'CREATE TABLE t (ts TIMESTAMP TIME INDEX)',
      'etcd/metadata/20250104120000_d.up.json': '[{"key":"a","value":"b"}]',
    });
    expect([...faults, ...warnings, ...quarantined]).toEqual([]);
    expect(catalog.migrations.map(({ id }) => id)).toEqual([
      '20250102120000_b_postgresql_guard',
      '20250101120000_a_postgresql_core',
      '20250103120000_c_greptimedb_logs',
      '20250104120000_d_etcd_metadata',
    ]);
    expect(catalog.migrations[1]).toMatchObject({
      schema: 'core',
      tags: { tier: 'critical' },
      dependencies: ['20250102120000_b_postgresql_guard'],
      up: { path: UP, execution: { lockTimeoutMs: null } },
      down: { path: DOWN, execution: { lockTimeoutMs: 1000 } },
    });
    expect(catalog.migrations[0]?.down).toBeNull();
  });

  it('gives migrations without a schema the default schema of their connection', async () => {
    const root = await makeTree({ [UP]: 'SELECT 1', 'postgresql/guard/20250101120000_a.up.sql': 'SELECT 1' });
    const { catalog } = await loadRoot(root, { core: 'main' });
    expect(catalog.migrations.map(({ connection, schema }) => [connection, schema])).toEqual([
      ['core', 'main'],
      ['guard', null],
    ]);
  });

  it('may be empty', async () => {
    const { catalog, faults } = await loadTree({});
    expect([...catalog.migrations, ...faults]).toEqual([]);
  });

  it('loads two thousand files', async () => {
    const files: Record<string, string> = {};
    for (let index = 0; index < 1000; index += 1) {
      const stem = `postgresql/core/${20250101000000 + index}_m${index}`;
      files[`${stem}.up.sql`] = index === 0 ? 'SELECT 1' : `-- bfm: depends-on=m${index - 1}\nSELECT 1`;
      files[`${stem}.down.sql`] = 'SELECT 1';
    }
    const root = await makeTree(files);
    const { catalog, faults } = await loadRoot(root);
    expect(faults).toEqual([]);
    expect(catalog.migrations).toHaveLength(1000);
  });
});

describe('texts', () => {
  it('have the same checksum with BOM, CRLF and lone CR as without (I1, I2)', async () => {
    const checksums = new Set<string>();
    for (const text of [
      'SELECT 1;\nSELECT 2;\n',
      '\ufeffSELECT 1;\r\nSELECT 2;\r\n',
      'SELECT 1;\rSELECT 2;\n',
    ]) {
      const { catalog } = await loadTree({ [UP]: text });
      expect(catalog.migrations[0]?.up.text).toBe('SELECT 1;\nSELECT 2;\n');
      checksums.add(catalog.migrations[0]?.up.checksum ?? '');
    }
    // printf 'SELECT 1;\nSELECT 2;\n' | sha256sum
    expect([...checksums]).toEqual(['82efb67f3010c6eb7ead02e4f6d9550633dbc1407f99aa487468e7b2567aebbc']);
  });

  it.each<[string, Buffer, string, string]>([
    ['UTF-16LE with BOM', Buffer.from('\ufeffSELECT 1', 'utf16le'), '1:1', 'not UTF-8 at byte 0'],
    ['UTF-16BE', Buffer.from('SELECT 1', 'utf16le').swap16(), '1:1', 'not UTF-8 at byte 0'],
    ['Latin-1', Buffer.from("SELECT 1;\r\nSELECT 'é'", 'latin1'), '2:9', 'not UTF-8 at byte 19'],
    ['NUL', Buffer.from('-- é\nSELECT 1;\0'), '2:10', 'NUL character at byte 15'],
  ])('in %s are refused (I3, I4)', async (...[, bytes, place, message]) => {
    const { faults, catalog, quarantined } = await loadTree({ [UP]: bytes });
    expect(toPlaces(faults)).toEqual([`source.not_utf8 ${UP}:${place}`]);
    expect(faults[0]?.message).toContain(message);
    expect(catalog.migrations).toEqual([]);
    expect(quarantined).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['SELECT 1; -- \u202e', 'U+202E makes text show in another order than it runs'],
    ["SELECT 'a\u200bb\u200b'", 'U+200B takes no room, so that it cannot be seen (and 1 more)'],
  ])('with hidden characters are used, with a warning (I4)', async (text, message) => {
    const { faults, warnings, catalog } = await loadTree({ [UP]: text });
    expect(faults).toEqual([]);
    expect(warnings).toMatchObject([{ code: 'source.suspicious', where: { file: UP, line: 1 } }]);
    expect(warnings[0]?.message).toContain(message);
    expect(catalog.migrations).toHaveLength(1);
  });

  it('with control characters, U+2028 and look-alikes are used as they are (I4)', async () => {
    const text = "SELECT '\x07\x1b\u2028', 'Ѕ'";
    const { faults, warnings, catalog } = await loadTree({ [UP]: text });
    expect([...faults, ...warnings]).toEqual([]);
    expect(catalog.migrations[0]?.up.text).toBe(text);
  });

  it('larger than the limit are refused, with the name of the setting', async () => {
    const root = await makeTree({ [UP]: `SELECT '${'x'.repeat(2000)}'` });
    const { faults } = await loadSource({ root, defaultSchemas: new Map(), fileBytesMax: 1000 });
    expect(toPlaces(faults)).toEqual([`source.too_large ${UP}`]);
    expect(faults[0]?.message).toContain('it has 2009 bytes, more than the 1000 allowed');
    expect(faults[0]?.mend).toContain('BFM_FILE_BYTES_MAX');
  });
});

describe('faulty names (I14, I15)', () => {
  it.each([
    '1_a.up.sql',
    '01_a.up.sql',
    '-1_a.up.sql',
    '2025010112000_a.up.sql',
    '20250101120000000000_a.up.sql',
    '99999999999999999999_a.up.sql',
    '٢٠٢٥٠١٠١١٢٠٠٠٠_a.up.sql',
    '20250101120000.up.sql',
    '20250101120000_.up.sql',
    '20250101120000_-a.up.sql',
    '20250101120000_a b.up.sql',
    '20250101120000_a;b.up.sql',
    '20250101120000_a\nb.up.sql',
    '20250101120000_a\u202eb.up.sql',
    '20250101120000_😀.up.sql',
    'a.up.sql',
    '20250101120000_a.up.json',
  ])('%j is refused', async (name) => {
    const { faults, catalog } = await loadTree({ [`postgresql/core/${name}`]: 'SELECT 1' });
    expect(faults.map(({ code }) => code)).toEqual(['source.bad_name']);
    expect(faults[0]?.message).not.toMatch(/[\n\u202e]/);
    expect(catalog.migrations).toEqual([]);
  });

  it.each(['20250101120000_a.up.sql', 'schema.sql'])('SQL in an etcd folder is refused: %s', async (name) => {
    const { faults } = await loadTree({ [`etcd/metadata/${name}`]: 'SELECT 1' });
    expect(toPlaces(faults)).toEqual([`source.bad_name etcd/metadata/${name}`]);
    expect(faults[0]?.message).toContain('migrations of etcd are JSON, not SQL');
  });

  it.each([
    `20250101120000_${'x'.repeat(NAMES_BYTES_MAX - 15 - 7)}.up.sql`,
    '20250101120000_Créer-la.table_2.up.sql',
    '20250101120000_создать.up.sql',
  ])('%s is fine', async (name) => {
    const { faults, catalog } = await loadTree({ [`postgresql/core/${name}`]: 'SELECT 1' });
    expect(faults).toEqual([]);
    expect(catalog.migrations).toHaveLength(1);
  });

  it('a name in Unicode form NFD has the id of its NFC form', async () => {
    const name = '20250101120000_cre\u0301e';
    const { catalog } = await loadTree({
      [`postgresql/core/${name}.up.sql`]: 'SELECT 1',
      [`postgresql/core/${name.normalize('NFC')}.down.sql`]: 'SELECT 1',
    });
    expect(catalog.migrations.map(({ id }) => id)).toEqual(['20250101120000_cr\u00e9e_postgresql_core']);
    expect(catalog.migrations[0]?.down).not.toBeNull();
  });

  it.each<[string, string]>([
    ['20250101120000_Users.up.sql', '20250101120000_users.up.sql'],
    ['20250101120000_cre\u0301e.up.sql', '20250101120000_cr\u00e9e.up.sql'],
  ])('two that one file system takes for the same are both named: %j', async (first, second) => {
    const root = await makeTree({
      [`postgresql/core/${first}`]: 'SELECT 1',
      [`postgresql/core/${second}`]: 'SELECT 1',
      'postgresql/core/20250102120000_b.up.sql': `-- bfm: depends-on=20250101120000\nSELECT 1`,
    });
    const { faults, catalog, quarantined } = await loadRoot(root);
    expect(faults).toContainEqual(expect.objectContaining({ code: 'migration.name_clash' }));
    const clash = faults.find(({ code }) => code === 'migration.name_clash');
    expect(clash?.message).toContain(' and postgresql/core/');
    expect(catalog.migrations).toEqual([]);
    expect(quarantined.length).toBeGreaterThan(0);
  });

  it('a version given twice names both files, and one in another connection is no repeat', async () => {
    const { faults, catalog } = await loadTree({
      [UP]: 'SELECT 1',
      'postgresql/core/20250101120000_b.up.sql': 'SELECT 1',
      'postgresql/guard/20250101120000_b.up.sql': 'SELECT 1',
    });
    expect(faults).toMatchObject([{ code: 'migration.duplicate_version' }]);
    expect(faults[0]?.message).toContain(`${UP} and postgresql/core/20250101120000_b.up.sql`);
    expect(catalog.migrations.map(({ connection }) => connection)).toEqual(['guard']);
  });

  it.each<[string, string, string]>([
    ['postgres/core/20250101120000_a.up.sql', 'source.bad_name postgres', 'did you mean postgresql?'],
    [
      'postgresql/Core/20250101120000_a.up.sql',
      'source.bad_name postgresql/Core',
      'starts with a lower-case letter',
    ],
    ['postgresql/bfm_state/20250101120000_a.up.sql', 'source.bad_name postgresql/bfm_state', 'reserved'],
    [
      'postgresql/20250101120000_a.up.sql',
      'source.bad_name postgresql/20250101120000_a.up.sql',
      'outside the folders',
    ],
    ['20250101120000_a.up.sql', 'source.bad_name 20250101120000_a.up.sql', 'outside the folders'],
  ])('folders: %s', async (path, place, message) => {
    const { faults } = await loadTree({ [path]: 'SELECT 1' });
    expect(toPlaces(faults)).toEqual([place]);
    expect(faults[0]?.message).toContain(message);
  });
});

describe('files that are passed over, with a warning (I16)', () => {
  it.each([
    '20250101120000_a.up.SQL',
    '20250101120000_a.UP.sql',
    '20250101120000_a.up.sql.bak',
    '20250101120000_a.up.sql.orig',
    '20250101120000_a.up.sql~',
    '20250101120000_a.sql',
    'schema.sql',
    '20250101120000_a.txt',
  ])('%s', async (name) => {
    const { faults, warnings, catalog } = await loadTree({ [`postgresql/core/${name}`]: 'SELEC' });
    expect(faults).toEqual([]);
    expect(toPlaces(warnings)).toEqual([`source.ignored postgresql/core/${name}`]);
    expect(warnings[0]?.message).toContain('not read');
    expect(catalog.warnings).toEqual(warnings);
    expect(catalog.migrations).toEqual([]);
  });

  it('a down without its up, with the up it may belong to', async () => {
    const { warnings, faults } = await loadTree({
      [UP]: 'SELECT 1',
      'postgresql/core/20250101120000_aa.down.sql': 'SELECT 1',
    });
    expect(faults).toEqual([]);
    expect(toPlaces(warnings)).toEqual(['source.ignored postgresql/core/20250101120000_aa.down.sql']);
    expect(warnings[0]?.message).toContain(`did you mean ${UP}?`);
  });

  it('a folder in a folder', async () => {
    const { warnings } = await loadTree({ 'postgresql/core/old/20250101120000_a.up.sql': 'SELECT 1' });
    expect(toPlaces(warnings)).toEqual(['source.ignored postgresql/core/old']);
  });

  it('a version that is no date is used', async () => {
    const { warnings, catalog } = await loadTree({ 'postgresql/core/20251399000000_a.up.sql': 'SELECT 1' });
    expect(warnings).toMatchObject([{ code: 'source.suspicious' }]);
    expect(catalog.migrations).toHaveLength(1);
  });
});

describe('what is no plain file (I15)', () => {
  it('a pipe is never opened', async () => {
    const root = await makeTree({ [DOWN]: 'SELECT 1' });
    execFileSync(MAKE_PIPE, [join(root, UP)]);
    const { faults, warnings } = await loadRoot(root);
    expect(toPlaces(faults)).toEqual([`source.not_a_file ${UP}`]);
    expect(warnings).toEqual([]);
  });

  it('a link to a device outside is refused for where it leads', async () => {
    const root = await makeTree({ 'postgresql/core/x': '' });
    await symlink('/dev/zero', join(root, UP));
    expect(toPlaces((await loadRoot(root)).faults)).toEqual([`source.outside_root ${UP}`]);
  });

  it('a socket', async () => {
    const root = await makeTree({ 'postgresql/core/x': '' });
    const server = createServer().listen(join(root, 'postgresql/core/20250101120000_s.up.sql'));
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => {
      server.close();
    });
    expect(toPlaces((await loadRoot(root)).faults)).toEqual([
      'source.not_a_file postgresql/core/20250101120000_s.up.sql',
    ]);
  });

  it('a folder with the name of a migration', async () => {
    const root = await makeTree({});
    await mkdir(join(root, UP), { recursive: true });
    const { faults } = await loadRoot(root);
    expect(toPlaces(faults)).toEqual([`source.not_a_file ${UP}`]);
    expect(faults[0]?.message).toContain('it is a folder');
  });

  it('links inside the tree are followed, links out of it are not', async () => {
    const outside = await makeTree({ 'secret.sql': 'SELECT 1' });
    const root = await makeTree({ 'shared/a.sql': 'SELECT 1', 'postgresql/core/x': '' });
    await rename(join(root, 'shared'), join(root, '.shared'));
    await symlink('../../.shared/a.sql', join(root, UP));
    await symlink(join(outside, 'secret.sql'), join(root, 'postgresql/core/20250102120000_b.up.sql'));
    await symlink(
      '../../../../../../../../etc/passwd',
      join(root, 'postgresql/core/20250103120000_c.up.sql'),
    );
    await symlink(outside, join(root, 'postgresql/guard'));
    const { catalog, faults } = await loadRoot(root);
    expect(catalog.migrations.map(({ id }) => id)).toEqual(['20250101120000_a_postgresql_core']);
    expect(toPlaces(faults)).toEqual([
      'source.outside_root postgresql/core/20250102120000_b.up.sql',
      'source.outside_root postgresql/core/20250103120000_c.up.sql',
      'source.outside_root postgresql/guard',
    ]);
    expect(JSON.stringify(faults)).not.toContain('secret');
  });

  it('links that lead nowhere or back to themselves are unreadable', async () => {
    const root = await makeTree({ 'postgresql/core/x': '' });
    await symlink('20250101120000_a.up.sql', join(root, UP));
    await symlink('missing.sql', join(root, 'postgresql/core/20250102120000_b.up.sql'));
    await symlink('..', join(root, 'postgresql/core/20250103120000_c.up.sql'));
    await symlink('.', join(root, 'postgresql/loop'));
    const { faults } = await loadRoot(root);
    expect(toPlaces(faults)).toEqual([
      `source.unreadable ${UP}`,
      'source.unreadable postgresql/core/20250102120000_b.up.sql',
      'source.not_a_file postgresql/core/20250103120000_c.up.sql',
    ]);
    expect(faults[0]?.message).toContain('a link that leads back to itself');
    expect(faults[1]?.message).toContain('it leads nowhere');
  });

  it('files and folders without the right to read them are named', async () => {
    const root = await makeTree({
      [UP]: 'SELECT 1',
      'postgresql/core/20250102120000_b.up.sql': 'SELECT 1',
      'postgresql/guard/20250101120000_a.up.sql': 'SELECT 1',
    });
    await chmod(root, 0o755);
    await lockUntilTheEnd(join(root, UP));
    await lockUntilTheEnd(join(root, 'postgresql/guard'));
    const { faults, catalog } = await asOrdinaryUser(() => loadRoot(root));
    expect(toPlaces(faults)).toEqual([`source.unreadable ${UP}`, 'source.unreadable postgresql/guard']);
    expect(faults[0]?.message).toContain('permission denied');
    expect(catalog.migrations.map(({ name }) => name)).toEqual(['b']);
  });
});

/** Takes all rights away; whoever is not root must have them back before the tree can be removed. */
async function lockUntilTheEnd(path: string): Promise<void> {
  await chmod(path, 0);
  onTestFinished(() => chmod(path, 0o700));
}

/** Root may read everything: then the work is done as nobody. Tests run in processes, where a user can be changed. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('the folder itself', () => {
  it('that does not exist is an error', async () => {
    const root = await makeTree({});
    await rm(root, { recursive: true });
    await expect(loadRoot(root)).rejects.toMatchObject({ code: 'source.missing' });
  });

  it('that is a file is an error', async () => {
    const root = await makeTree({ file: '' });
    await expect(loadRoot(join(root, 'file'))).rejects.toMatchObject({ code: 'source.missing' });
    await expect(loadRoot(join(root, 'file/x'))).rejects.toMatchObject({ code: 'source.missing' });
  });

  it('may be a link', async () => {
    const root = await makeTree({ [UP]: 'SELECT 1' });
    const other = await makeTree({});
    await symlink(root, join(other, 'sfm'));
    expect((await loadRoot(join(other, 'sfm'))).catalog.migrations).toHaveLength(1);
  });
});

describe('faulty migrations', () => {
  it('are left out with their dependents, all faults are told, the others are there', async () => {
    const { faults, catalog, quarantined } = await loadTree({
      [UP]: '-- bfm: transacton=none\nSELECT 1',
      [DOWN]: '-- bfm: schema=x\nSELECT 1',
      'postgresql/core/20250102120000_b.up.sql': '-- bfm: depends-on=a\nSELECT 1',
      'postgresql/core/20250103120000_c.up.sql': '-- bfm: depends-on=nothing\nSELECT 1',
      'postgresql/core/20250104120000_d.up.sql': 'SELECT 1',
      'etcd/metadata/20250105120000_e.up.json': '{"operations":[1]}',
    });
    expect(toPlaces(faults)).toEqual([
      'migration.json_invalid etcd/metadata/20250105120000_e.up.json:1:16',
      `migration.directive_invalid ${DOWN}:1:9`,
      `migration.directive_unknown ${UP}:1:9`,
      'dependency.missing postgresql/core/20250103120000_c.up.sql:1:20',
    ]);
    expect(faults[2]?.message).toBe(
      'there is no directive transacton; did you mean transaction?: transacton=none',
    );
    expect(catalog.migrations.map(({ name }) => name)).toEqual(['d']);
    expect(quarantined.map(({ id, blockedBy }) => [id, blockedBy])).toEqual([
      ['20250101120000_a_postgresql_core', null],
      ['20250102120000_b_postgresql_core', '20250101120000_a_postgresql_core'],
      ['20250103120000_c_postgresql_core', null],
      ['20250105120000_e_etcd_metadata', null],
    ]);
  });
});

describe('Go sidecars', () => {
  const SIDECAR = 'postgresql/core/20250101120000_a.go';

  it('speak for the migration beside them', async () => {
    const { catalog, faults, warnings } = await loadTree({
      [UP]: '-- bfm: tags=team=x\nSELECT 1',
      [SIDECAR]: 'var m = M{Schema: "core", Dependencies: []string{"b"}, Tags: []string{"tier=critical"}}',
      'postgresql/core/20250102120000_b.up.sql': '-- bfm: schema=core\nSELECT 1',
      'postgresql/core/doc.go': 'package core',
      'postgresql/core/20250101120000_a_test.go': 'nonsense "',
      'postgresql/core/20250109120000_gone.go': 'var m = M{Schema: "core"}',
    });
    expect([...faults, ...warnings]).toEqual([]);
    expect(catalog.migrations[1]).toMatchObject({
      schema: 'core',
      dependencies: ['20250102120000_b_postgresql_core'],
      tags: { tier: 'critical', team: 'x' },
    });
  });

  it('that contradict the directives are refused', async () => {
    const { faults } = await loadTree({
      [UP]: '-- bfm: schema=core, tags=a=1\nSELECT 1',
      [SIDECAR]: 'var m = M{\n\tSchema: "guard", Tags: []string{"a=2"}}',
    });
    expect(toPlaces(faults)).toEqual([
      `migration.sidecar_invalid ${SIDECAR}:1:1`,
      `migration.sidecar_invalid ${SIDECAR}:2:10`,
    ]);
  });

  it('without a migration in them are passed over with a warning', async () => {
    const { warnings, catalog } = await loadTree({ [UP]: 'SELECT 1', [SIDECAR]: 'package core' });
    expect(toPlaces(warnings)).toEqual([`source.ignored ${SIDECAR}`]);
    expect(catalog.migrations).toHaveLength(1);
  });
});

describe('the reference migrations', () => {
  it('load without a fault or warning', async () => {
    const { catalog, faults, warnings } = await loadRoot(join(import.meta.dirname, '../../../sfm'));
    expect([...faults, ...warnings]).toEqual([]);
    expect(catalog.migrations.length).toBeGreaterThan(30);
  });
});

it('a file that appears while the tree is read does no harm', async () => {
  const root = await makeTree({ [UP]: 'SELECT 1' });
  const [loaded] = await Promise.all([loadRoot(root), writeFile(join(root, DOWN), 'SELECT 1')]);
  expect(loaded.faults).toEqual([]);
});

describe('a migration that somebody looks at and refuses', () => {
  it('is left out with what depends on it, its faults among all others; the rest is there', async () => {
    const root = await makeTree({
      [UP]: '-- bfm: schema=core\nSELECT 1;\n',
      'postgresql/core/20250102120000_b.up.sql': '-- bfm: schema=core, depends-on=a\nSELECT 1;\n',
      'postgresql/core/20250103120000_c.up.sql': '-- bfm: schema=core\nSELECT 1;\n',
    });
    const fault = {
      code: 'migration.unparseable',
      message: 'no',
      where: { file: UP },
      mend: 'mend it',
    } as const;
    const { catalog, faults, quarantined } = await loadSource({
      root,
      defaultSchemas: new Map(),
      examine: ({ name }) => (name === 'a' ? [fault] : []),
    });
    expect(catalog.migrations.map(({ name }) => name)).toEqual(['c']);
    expect(faults).toEqual([fault]);
    expect(quarantined.map(({ id, blockedBy }) => [id, blockedBy])).toEqual([
      ['20250101120000_a_postgresql_core', null],
      ['20250102120000_b_postgresql_core', '20250101120000_a_postgresql_core'],
    ]);
  });
});
