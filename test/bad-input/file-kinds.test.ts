import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, UNSAFE } from './support/cli.ts';
import { describeFaultyTree, type FaultyTree, type TreeFault } from './support/describe-faulty-tree.ts';
import { CORE, makeTree, upFile } from './support/migration-tree.ts';

const SQL = 'CREATE TABLE t (a int);\n';
const outside = mkdtempSync(join(tmpdir(), 'bfm-outside-'));
writeFileSync(join(outside, 'secret.sql'), SQL);
afterAll(() => {
  rmSync(outside, { recursive: true, force: true });
});

function link(name: string, [from, to]: readonly [string, string], fault: Omit<TreeFault, 'at'>): FaultyTree {
  const prepare = (root: string): void => {
    symlinkSync(to, join(root, from));
  };
  return { name, prepare, faults: [{ at: from, ...fault }] };
}

const OUTSIDE = {
  code: 'source.outside_root',
  says: ['a link that leads out of the sfm folder'],
  mend: 'put the file itself there',
} as const;
const NO_FILE = {
  code: 'source.not_a_file',
  mend: 'migrations are plain files; rename or remove it',
} as const;
const UNREADABLE = { code: 'source.unreadable', mend: 'mend or remove it' } as const;

describeFaultyTree('I15: what is no plain file inside the folder is never opened', [
  link('a link back to itself', [upFile(1), '20250102000001_case1.up.sql'], {
    ...UNREADABLE,
    says: ['it is a link that leads back to itself'],
  }),
  link('a link to nothing', [upFile(2), 'missing.sql'], { ...UNREADABLE, says: ['it leads nowhere'] }),
  link('a link out of the folder, relative', [upFile(3), '../../../../../../../../etc/passwd'], OUTSIDE),
  link('a link out of the folder, absolute', [upFile(4), join(outside, 'secret.sql')], OUTSIDE),
  link('a link to a device', [upFile(5), '/dev/zero'], OUTSIDE),
  link('a link to a folder above it', [upFile(6), '..'], { ...NO_FILE, says: ['it is a folder'] }),
  link("a connection's folder that is elsewhere", ['postgresql/guard', outside], OUTSIDE),
  {
    name: 'two links that lead to each other',
    prepare: (root) => {
      symlinkSync(join(root, upFile(8)), join(root, upFile(7)));
      symlinkSync(join(root, upFile(7)), join(root, upFile(8)));
    },
    faults: [7, 8].map((number) => ({ ...UNREADABLE, at: upFile(number), says: ['leads back to itself'] })),
  },
  {
    name: 'FM2 a pipe',
    prepare: (root) => {
      execFileSync('mkfifo', [join(root, upFile(9))]);
    },
    faults: [{ ...NO_FILE, at: upFile(9), says: ['it is a pipe, socket or device'] }],
  },
  {
    name: 'FM2 a folder named like a migration',
    prepare: (root) => {
      mkdirSync(join(root, upFile(10)));
    },
    faults: [{ ...NO_FILE, at: upFile(10), says: ['it is a folder'] }],
  },
]);

function badName(name: string, shown = name): FaultyTree {
  const says = ['holds something else than letters, digits, _, - and .'];
  const at = `${CORE}/20250103000000_${shown}.up.sql`;
  const fault = {
    code: 'source.bad_name',
    at,
    says,
    mend: 'rename it; the name becomes part of the id',
  } as const;
  return {
    name: JSON.stringify(name),
    files: { [`${CORE}/20250103000000_${name}.up.sql`]: SQL },
    faults: [fault],
  };
}

function clash(name: string, names: readonly [string, string], shown: readonly [string, string]): FaultyTree {
  const files = Object.fromEntries(names.map((file) => [`${CORE}/${file}.up.sql`, SQL]));
  const says = [
    `names differ only by case or Unicode form: ${CORE}/${shown[0]}.up.sql and ${CORE}/${shown[1]}.up.sql`,
  ];
  const at = `${CORE}/${shown[0]}.up.sql`;
  return { name, files, faults: [{ code: 'migration.name_clash', at, says, mend: 'rename or remove one' }] };
}

describeFaultyTree('I15: names of files', [
  badName('a\nb', 'a\\nb'),
  badName('a\tb', 'a\\tb'),
  badName('a\u001b[31mb', 'a\\u{1b}[31mb'),
  badName('a\u202eb', 'a\\u{202e}b'),
  badName('😀'),
  badName('a;drop table t'),
  badName('-rf'),
  badName("it's"),
  badName('$(reboot)'),
  badName('a\\b'),
  badName(' a'),
  clash(
    'that differ in case',
    ['20250104000000_Users', '20250104000000_users'],
    ['20250104000000_Users', '20250104000000_users'],
  ),
  clash(
    'NFC and NFD of one name',
    ['20250105000000_cr\u00e9e', '20250105000000_cre\u0301e'],
    ['20250105000000_cre\\u{301}e', '20250105000000_cr\u00e9e'],
  ),
]);

describe('I15: names that only look strange', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('255 bytes, any script, NFD and a link inside the folder are applied under an id in form NFC', async () => {
    const long = `20250102000001_${'x'.repeat(255 - 15 - 7)}`;
    using tree = makeTree({
      [`${CORE}/${long}.up.sql`]: 'CREATE TABLE a (x int);',
      [`${CORE}/20250102000002_Cre\u0301er-la.table_2.up.sql`]: 'CREATE TABLE b (x int);',
      [`${CORE}/20250102000003_\u0441\u043e\u0437\u0434\u0430\u0442\u044c_\u8868.up.sql`]:
        'CREATE TABLE c (x int);',
      '.shared/d.sql': 'CREATE TABLE d (x int);',
    });
    symlinkSync('../../.shared/d.sql', join(tree.root, upFile(4)));
    const up = await bfm({ db, tree }, 'up');
    expect(up).toMatchObject({ code: 0 });
    expect(up.stdout).not.toMatch(UNSAFE);
    const rows = await db.query<{ id: string }>('SELECT migration_id AS id FROM bfm.ledger ORDER BY 1');
    expect(rows.map(({ id }) => id)).toEqual([
      `${long}_postgresql_core`,
      '20250102000002_Cr\u00e9er-la.table_2_postgresql_core',
      '20250102000003_\u0441\u043e\u0437\u0434\u0430\u0442\u044c_\u8868_postgresql_core',
      '20250102000004_case4_postgresql_core',
    ]);
  });
});
