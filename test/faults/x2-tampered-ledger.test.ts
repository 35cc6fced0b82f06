import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  refusalOf,
  repairIn,
  schemaArgs,
  stepFiles,
  useRowWorld,
  type RowTree,
} from './support/row-world.ts';

const SCHEMAS = schemaArgs(['a', 'b']);
const OF_STEP_2 = "WHERE migration_id LIKE '%_step_2_%'";
const UNWATCHED = 'ALTER TABLE bfm.ledger DISABLE TRIGGER ALL';
const WATCHED =
  'ALTER TABLE bfm.ledger ENABLE ALWAYS TRIGGER digest_row, ENABLE ALWAYS TRIGGER digest_truncated';
const DROP_FUNCTIONS = `DO $$ DECLARE f text; BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'bfm'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION IF EXISTS ' || f || ' CASCADE'; END LOOP; END $$`;
const EXTRA_ROW = `
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
  VALUES ('20250101000009_other_postgresql_tenant', '20250101000009', 'other', 'x', 'y', 'z');
INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id)
  SELECT scope_id, '20250101000009_other_postgresql_tenant', (SELECT max(revision_id) FROM bfm.revision), 'applied', 'me'
  FROM bfm.scope`;

describe.each([15, 18] as const)('X2 a tampered ledger on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const { db } = world;
  let applied: RowTree;
  /** The same, and something that is still to be applied. */
  let tree: RowTree;

  beforeAll(() => {
    applied = world.tree(stepFiles(1, 2));
    tree = world.tree(stepFiles(1, 2, 3));
  });
  beforeEach(async () => {
    await db.query('DROP SCHEMA IF EXISTS bfm, bfm_damaged, a, b CASCADE; TRUNCATE public.effect_log');
    expect(await applied.bfm('up', ...SCHEMAS)).toMatchObject({ code: 0 });
  });

  const effects = (): Promise<readonly unknown[]> =>
    db.query('SELECT migration, target, direction FROM public.effect_log ORDER BY id');

  it.each([
    ['a row deleted', `DELETE FROM bfm.ledger ${OF_STEP_2}`, 'drift.forgotten'],
    ['a status changed', `UPDATE bfm.ledger SET status = 'rolled_back' ${OF_STEP_2}`, 'drift.forgotten'],
    ['the same unseen', `${UNWATCHED}; DELETE FROM bfm.ledger ${OF_STEP_2}; ${WATCHED}`, 'drift.forgotten'],
    [
      'an older row deleted',
      "DELETE FROM bfm.ledger WHERE migration_id LIKE '%_step_1_%'",
      'drift.out_of_order',
    ],
    ['all rows deleted', 'TRUNCATE bfm.ledger', 'ledger.baseline_required'],
    ['a text changed', "UPDATE bfm.revision SET checksum = 'x', body = 'SELECT 1'", 'drift.checksum_changed'],
    ['a row too many', EXTRA_ROW, 'drift.missing'],
    ['a row of another migration', 'UPDATE bfm.ledger SET revision_id = 1', 'ledger.damaged'],
    ['a revision deleted', "DELETE FROM bfm.revision WHERE name = 'step_2'", 'ledger.damaged'],
    [
      'an unknown status',
      `ALTER TABLE bfm.ledger DROP CONSTRAINT ledger_status_check; UPDATE bfm.ledger SET status = 'odd'`,
      'ledger.damaged',
    ],
    ['the ledger dropped', 'DROP TABLE bfm.ledger', 'ledger.damaged'],
    ['the events dropped', 'DROP TABLE bfm.event', 'ledger.damaged'],
    ['the format dropped', 'DROP TABLE bfm.format', 'ledger.damaged'],
    ['the format deleted', 'DELETE FROM bfm.format', 'ledger.damaged'],
    ['a format from before', 'UPDATE bfm.format SET version = 1', 'ledger.damaged'],
    ['a column dropped', 'ALTER TABLE bfm.ledger DROP COLUMN run_id', 'ledger.damaged'],
    ['a function dropped', 'DROP FUNCTION bfm.take(text, text, text, text)', 'ledger.damaged'],
    ['a scope deleted', 'DELETE FROM bfm.scope WHERE scope_id = 1', 'ledger.baseline_required'],
    ['all of it dropped', 'DROP SCHEMA bfm CASCADE', 'ledger.baseline_required'],
  ])('X2 %s: up refuses, names the mend and applies nothing', async (_, tampering, code) => {
    await db.query(tampering);
    const before = await effects();
    // Doctor tells how every target stands, too.
    const [up, doctor] = await Promise.all([
      tree.bfm('up', '--json', ...SCHEMAS),
      tree.bfm('doctor', '--json'),
    ]);
    expect(up.code).toBe(6);
    expect(up.stdout + up.stderr).toContain(code);
    expect(up.stdout + up.stderr).not.toContain('internal.');
    expect([0, 6]).toContain(doctor.code);
    expect(await effects()).toEqual(before);
  });

  it('X2 the mends of a forgotten migration work: its effect is there, or it is not', async () => {
    await db.query(`DELETE FROM bfm.ledger ${OF_STEP_2}`);
    // In one of them somebody has undone it, too.
    await db.query('DROP TABLE b.step_2');
    await db.query("DELETE FROM public.effect_log WHERE migration = 'step_2' AND target = 'b'");
    const refused = await tree.bfm('up', '--json', '--schema', 'a');
    const applies = await tree.bfm(...repairIn(refusalOf(refused).next ?? '', 'mark-applied'));
    expect(applies).toMatchObject({ code: 0 });
    const { next } = refusalOf(await tree.bfm('up', '--json', '--schema', 'b'));
    for (const action of ['mark-applied', 'mark-pending']) {
      expect(await tree.bfm(...repairIn(next ?? '', action))).toMatchObject({ code: 0 });
    }
    expect(await tree.bfm('up', ...SCHEMAS)).toMatchObject({ code: 0 });
    expect(await world.unsound()).toEqual([]);
    const [told] = await db.query("SELECT actor, reason FROM bfm.event WHERE kind = 'repaired' LIMIT 1");
    expect(told).toMatchObject({ reason: 'looked-at', actor: expect.stringContaining('@') as unknown });
  });

  it.each([
    ['functions dropped', DROP_FUNCTIONS],
    ['triggers dropped', 'DROP TRIGGER digest_row ON bfm.ledger'],
    ['triggers switched off', UNWATCHED],
  ])('X2 %s: doctor tells, and the next up makes them anew', async (_, tampering) => {
    await db.query(tampering);
    const doctor = await tree.bfm('doctor', '--json');
    expect(doctor.code).toBe(6);
    expect(doctor.stdout + doctor.stderr).toContain('ledger.damaged');
    expect(await tree.bfm('up', ...SCHEMAS)).toMatchObject({ code: 0 });
    expect((await tree.bfm('doctor')).code).toBe(0);
    expect(await world.unsound()).toEqual([]);
  });

  it('X2 the mends of a ledger in pieces work: put aside and baselined, or its functions made anew', async () => {
    await db.query('DROP TABLE bfm.ledger; ALTER SCHEMA bfm RENAME TO bfm_damaged');
    const baseline = [
      'baseline',
      '--connection',
      'tenant',
      '--schema',
      'a',
      '--to',
      '20250101000002',
      '--yes',
    ];
    expect(await tree.bfm(...baseline)).toMatchObject({ code: 0 });
    expect(await tree.bfm('up', '--schema', 'a')).toMatchObject({ code: 0 });
    const { stdout } = await tree.bfm('init', '--sql');
    await db.query('DROP FUNCTION bfm.take(text, text, text, text)');
    expect((await tree.bfm('down', '--steps', '1', '--schema', 'a', '--yes')).code).toBe(6);
    await db.query(stdout);
    expect(await tree.bfm('down', '--steps', '1', '--schema', 'a', '--yes')).toMatchObject({ code: 0 });
    expect(await world.unsound({ unlogged: 'all' })).toEqual([]);
  });
});
