import { useTestDatabase } from '@bfm/testing';
import { expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, writeFiles, type End } from './run-main.ts';

const db = await useTestDatabase(18);
const env = { CORE_BACKEND: 'postgresql', CORE_URL: db.url };

/** The faults of an error, as `code file`. */
function faultsOf(end: End): readonly string[] {
  const { faults } = parseError(end).details as {
    faults: readonly { code: string; where: { file?: string } }[];
  };
  return faults.map(({ code, where }) => `${code} ${where.file ?? ''}`);
}

const FAULTY = {
  'postgresql/core/20250101000000_a.up.sql': '-- bfm: schema=shop\nCREATE TABEL x ();',
  'postgresql/core/20250102000000_b.up.sql': '-- bfm: shema=shop\nSELECT 1;',
  'postgresql/guard/20250101000000_c.up.sql': '-- bfm: schema=guard\nSELECT 1;',
};

it('status, plan and up tell the same faults of files and connections, all at once', async () => {
  const sfm = makeFolder(FAULTY);
  for (const command of ['status', 'plan', 'up']) {
    const end = await runMain([command, '--json', '--sfm', sfm], { env });
    expect(faultsOf(end)).toEqual([
      'migration.unparseable postgresql/core/20250101000000_a.up.sql',
      'migration.directive_unknown postgresql/core/20250102000000_b.up.sql',
      'connection.not_found postgresql/guard',
    ]);
  }
});

it('faulty settings hide no faulty files, and a bad connection name not what else is wrong with the connection', async () => {
  const sfm = makeFolder(FAULTY);
  writeFiles(sfm, {
    'bfm.yaml': 'connections:\n  "Bad Name":\n    backend: oracle\n    url: postgres://ann@h/d\n',
  });
  for (const command of ['status', 'up']) {
    const end = await runMain([command, '--json', '--sfm', sfm, '--config', `${sfm}/bfm.yaml`], { env });
    expect(end.code).toBe(2);
    expect(faultsOf(end)).toEqual([
      expect.stringMatching(/^config.invalid .*bfm.yaml$/),
      expect.stringMatching(/^config.invalid .*bfm.yaml$/),
      'migration.directive_unknown postgresql/core/20250102000000_b.up.sql',
    ]);
  }
});

it('status tells how targets stand although something pending cannot run, and that', async () => {
  const sfm = makeFolder({
    'postgresql/core/20250101000000_a.up.sql': '-- bfm: schema=shop\nCREATE TABLE shop.x ();',
    'postgresql/core/20250102000000_b.up.sql': '-- bfm: schema=shop\nCREATE TABEL y ();',
  });
  await runMain(['up', '--sfm', sfm, '--to', '20250101000000'], { env });
  const end = await runMain(['status', '--sfm', sfm], { env });
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toContain('1 pending');
  expect(end.stdout).toMatch(/error\[migration\.unparseable\][^]*20250102000000_b\.up\.sql:2:8/);
  const json = await runMain(['status', '--json', '--sfm', sfm], { env });
  expect(parseDocument(json.stdout)).toMatchObject({ faults: [{ code: 'migration.unparseable' }] });
});
