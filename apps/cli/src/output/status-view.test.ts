import { BfmError, type Checksum, type MigrationId } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
import { expect, it, vi } from 'vitest';
import { colouredLook, id, plainLook, shown, status, target } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { statusView } from './status-view.ts';

const PENDING = [id('20250103000000', 'add_index'), id('20250104000000', 'add_orders')];

const MIXED = [
  status('core'),
  status('cli_new', { presence: 'missing', applied: 0, pending: PENDING }),
  status('cli_failed', { pending: PENDING, failed: PENDING.slice(0, 1) }),
  status('cli_drifted', {
    drift: [
      { kind: 'missing', migrationId: id('20250101000000', 'gone'), partly: false },
      {
        kind: 'checksum_changed',
        migrationId: id('20250102000000', 'edited'),
        applied: 'a'.repeat(64) as Checksum,
        current: 'b'.repeat(64) as Checksum,
      },
    ],
  }),
  status('cli_legacy', { applied: 0, pending: PENDING, blocker: 'ledger.baseline_required' }),
  status('users', {
    target: target('users', 'guard'),
    applied: 0,
    unreachable: new BfmError('target.unreachable', {
      message: 'cannot use PostgreSQL at db:5432/x: nothing listens there',
    }),
  }),
];

it('shows every state, and the reasons below', () => {
  expect(shown(statusView(MIXED, plainLook(80)))).toMatchInlineSnapshot(`
    "core (postgresql)
       schema       applied  pending  state
    ✓  core               3        0  up to date
    ·  cli_new            0        2  2 pending, no schema yet
    ✗  cli_failed         3        2  1 failed last time
    ✗  cli_drifted        3        0  drift (2)
    ✗  cli_legacy         0        2  needs baseline
      ✗ 20250101000000_gone_postgresql_core is applied but its file is gone
        in cli_drifted
      ✗ 20250102000000_edited_postgresql_core was edited after it was applied
        (applied aaaaaaaaaaaa, now bbbbbbbbbbbb)
        in cli_drifted
      pending 20250103000000 add_index
      pending 20250104000000 add_orders

    guard (postgresql)
       schema  applied  pending  state
    ✗  users                     unreachable
      ✗ cannot use PostgreSQL at db:5432/x: nothing listens there
        in users

    6 targets: 1 up to date, 1 pending, 1 failed, 1 drifted, 1 in need of a
    decision, 1 unreachable; 2 migrations to apply (6 steps)"
  `);
});

it('calls a late file out of order, which is no drift', () => {
  const late = {
    kind: 'out_of_order' as const,
    migrationId: id('20250103000000', 'add_index'),
    after: id('20250104000000', 'add_orders'),
  };
  const text = shown(
    statusView([status('core', { pending: [late.migrationId], drift: [late] })], plainLook(80)),
  );
  expect(text).toContain('out of order (1)');
  expect(text).toContain('1 target: 1 out of order');
  expect(text).not.toContain('drift');
});

it('keeps within the width', () => {
  expect(statusView(MIXED, plainLook(80)).every((line) => displayWidth(line) <= 80)).toBe(true);
});

it('colours states', () => {
  expect(shown(statusView(MIXED.slice(0, 3), colouredLook(200)))).toMatchInlineSnapshot(`
    "‹1›‹36›core‹39›‹22› ‹2›(postgresql)‹22›
       ‹2›schema‹22›      ‹2›applied‹22›  ‹2›newest‹22›          ‹2›pending‹22›  ‹2›state‹22›
    ‹32›✓‹39›  core              3  ‹2›20250102000000‹22›        0  ‹32›up to date‹39›
    ‹33›·‹39›  cli_new           0  ‹2›20250102000000‹22›        2  ‹33›2 pending, no schema yet‹39›
    ‹31›✗‹39›  cli_failed        3  ‹2›20250102000000‹22›        2  ‹31›1 failed last time‹39›
      ‹2›pending‹22› 20250103000000 add_index
      ‹2›pending‹22› 20250104000000 add_orders

    3 targets: 1 up to date, 1 pending, 1 failed; 2 migrations to apply (4 steps)"
  `);
});

it('puts a fleet of one state into one row, and those that differ beside it', () => {
  const fleet = Array.from({ length: 500 }, (_, index) => status(`cli_${String(index).padStart(4, '0')}`));
  const lines = statusView([...fleet, status('cli_late', { pending: PENDING })], plainLook(80));
  expect(shown(lines)).toMatchInlineSnapshot(`
    "core (postgresql)
       schema                             applied  pending  state
    ✓  500 schemas (cli_0000 … cli_0499)        3        0  up to date
    ·  cli_late                                 3        2  2 pending
      pending 20250103000000 add_index
      pending 20250104000000 add_orders

    501 targets: 500 up to date, 1 pending; 2 migrations to apply"
  `);
});

/** Ten thousand tenants, all up to date but every hundredth. */
function makeFleet(pending: readonly MigrationId[]): TargetStatus[] {
  return Array.from({ length: 10_000 }, (_, index) => {
    const name = `tenant_${String(index).padStart(5, '0')}`;
    return index % 100 === 7 ? status(name, { pending, failed: pending.slice(0, 1) }) : status(name);
  });
}

it.each([80, 200])('tells of ten thousand targets in a few lines of %i columns', (width) => {
  const fleet = [
    ...makeFleet(PENDING),
    status('behind', { pending: PENDING.slice(1), newest: null, applied: 0 }),
  ];
  expect(shown(statusView(fleet, plainLook(width)))).toMatchSnapshot();
});

it('goes through a list of pending migrations once, however many targets share it', () => {
  const pending = Array.from({ length: 500 }, (_, index) => id(String(20250101000000 + index), `m${index}`));
  const join = vi.spyOn(pending, 'join');
  const text = statusView(makeFleet(pending), plainLook(80)).join('\n');
  expect(text).toContain('; 500 migrations to apply');
  expect(join).toHaveBeenCalledTimes(1);
});

it('keeps the most pressing of hundreds of states', () => {
  const fleet = Array.from({ length: 300 }, (_, index) =>
    status(`tenant_${index}`, index === 299 ? { pending: PENDING, failed: PENDING } : { applied: index }),
  );
  const lines = statusView(fleet, plainLook(80));
  expect(lines.length).toBeLessThan(55);
  expect(lines.find((line) => line.includes('tenant_299'))).toContain('2 failed last time');
  expect(lines.join('\n')).toContain('and 260 targets in states with fewer; --json lists them');
});

it('is readable in 40 columns', () => {
  const lines = statusView([...makeFleet(PENDING), ...MIXED], plainLook(40));
  expect(shown(lines)).toMatchSnapshot();
  // A single word, such as the id of a migration, is not taken apart.
  expect(lines.filter((line) => displayWidth(line) > 40 && / .* \S/.test(line.trim()))).toEqual([]);
});

it('stays within 80 columns whatever the names are', () => {
  const long = 'x'.repeat(63);
  const targets = [status(long, { pending: [id('20250103000000', long)] })];
  expect(statusView(targets, plainLook(80)).every((line) => displayWidth(line) <= 80)).toBe(true);
});
