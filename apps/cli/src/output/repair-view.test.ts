import type { RowChange, RowState } from '@bfm/engine';
import type { RepairPlan } from '@bfm/service';
import { expect, it } from 'vitest';
import { catalogOf, id, plainLook, shown, step, target } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { repairView } from './repair-view.ts';

const ADD = step('20250103000000', 'add_index', []);
const catalog = catalogOf([ADD], null);
const row = (status: RowState['status'], digit = 'c'): RowState => ({
  status,
  checksum: digit.repeat(64) as RowState['checksum'],
});

function plan(
  action: RepairPlan['action'],
  changes: readonly RowChange[],
  more: {
    readonly schemas?: readonly string[];
    readonly done?: RepairPlan['edits'][number]['edit']['done'];
  } = {},
): RepairPlan {
  const { schemas = ['shop'], done = null } = more;
  const reason = 'ticket 4711\nsaid Ann';
  const edit = { kind: 'repaired', action, reason, changes, done, deferred: [], detail: {} } as const;
  return {
    action,
    reason,
    edits: schemas.map((schema) => ({ target: target(schema), edit, catalogChecksum: null })),
    unchanged: [],
  };
}

it('shows what rows say and will say, and why', () => {
  const gone = id('20250101000000', 'file_is_gone');
  const changes = [
    { migrationId: ADD.migrationId, before: row('applied'), after: row('deferred') },
    { migrationId: gone, before: row('failed'), after: null },
  ];
  expect(shown(repairView(plan('mark-pending', changes), catalog, plainLook(100)))).toMatchInlineSnapshot(`
    "Repair: mark-pending on 1 target; only what ledgers say is changed

    core/shop
      20250103000000 add_index                     applied  →  pending
      20250101000000_file_is_gone_postgresql_core  failed   →  not recorded

    because: ticket 4711\\nsaid Ann"
  `);
});

it('shows checksums where they are what changes, and targets with the same changes once', () => {
  const changes = [{ migrationId: ADD.migrationId, before: row('applied', 'a'), after: row('applied', 'b') }];
  const lines = repairView(
    plan('accept-checksum', changes, { schemas: ['a', 'b'] }),
    catalog,
    plainLook(100),
  );
  expect(shown(lines)).toMatchInlineSnapshot(`
    "Repair: accept-checksum on 2 targets; only what ledgers say is changed

    2 targets: core/a, core/b
      20250103000000 add_index  applied aaaaaaaaaaaa…  →  applied bbbbbbbbbbbb…

    because: ticket 4711\\nsaid Ann"
  `);
});

it('shows from which statement on it goes on', () => {
  const changes = [{ migrationId: ADD.migrationId, before: row('started'), after: row('started') }];
  const done = [{ text: 'SELECT 1', line: 1, column: 1, bare: null }];
  const lines = repairView(plan('mark-pending', changes, { done }), catalog, plainLook(100));
  expect(lines[3]).toMatch(/started +→ +started, goes on from statement 2/);
});

it('stays within 80 columns', () => {
  const long = id('20250101000000', 'x'.repeat(200));
  const changes = [{ migrationId: long, before: row('rolled_back'), after: row('applied') }];
  const lines = repairView(
    plan('mark-applied', changes, { schemas: ['s'.repeat(63)] }),
    catalog,
    plainLook(80),
  );
  expect(lines.every((line) => displayWidth(line) <= 80)).toBe(true);
});
