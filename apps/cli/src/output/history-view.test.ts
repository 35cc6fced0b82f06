import type { LedgerEvent } from '@bfm/core';
import { expect, it } from 'vitest';
import { catalogOf, colouredLook, id, plainLook, shown, step } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { historyView } from './history-view.ts';

const event = (more: Partial<LedgerEvent>): LedgerEvent => ({
  eventId: '7',
  kind: 'applied',
  migrationId: id('20250101000000', 'create_users'),
  connection: 'core',
  schema: 'cli_acme',
  at: '2026-11-22T13:57:04.123Z',
  runId: 'r',
  actor: 'ann@laptop',
  checksum: 'c',
  durationMs: 28,
  error: null,
  reason: null,
  detail: null,
  ...more,
});

const EVENTS = [
  event({}),
  event({ kind: 'rolled_back', migrationId: id('20250102000000', 'file_is_gone'), durationMs: 1200 }),
  event({
    kind: 'failed',
    durationMs: null,
    error: `column "nme" does not exist\n${'and much more '.repeat(20)}`,
  }),
];
const catalog = catalogOf([step('20250101000000', 'create_users', [])], null);

it('is a table with the texts of failures below', () => {
  expect(shown(historyView(EVENTS, catalog, plainLook(80)))).toMatchInlineSnapshot(`
    "time (UTC)      what         migration               target       took  who
    11-22 13:57:04  applied      20250101… create_users  core/…acme  28 ms  ann@…top
    11-22 13:57:04  rolled back  20250102… file_is_gone  core/…acme  1.2 s  ann@…top
    11-22 13:57:04  failed       20250101… create_users  core/…acme         ann@…top

    ✗ 11-22 13:57:04 20250101000000_create_users_postgresql_core
      column "nme" does not exist and much more and much more and much more and muc…"
  `);
  expect(shown(historyView(EVENTS, catalog, colouredLook(200)))).toMatchInlineSnapshot(`
    "‹2›time (UTC)‹22›           ‹2›what‹22›         ‹2›migration‹22›                    ‹2›target‹22›          ‹2›took‹22›  ‹2›who‹22›
    ‹2›2026-11-22 13:57:04‹22›  ‹32›applied‹39›      20250101000000 create_users  ‹36›core/cli_acme‹39›  28 ms  ‹2›ann@laptop‹22›
    ‹2›2026-11-22 13:57:04‹22›  ‹33›rolled back‹39›  20250102000000 file_is_gone  ‹36›core/cli_acme‹39›  1.2 s  ‹2›ann@laptop‹22›
    ‹2›2026-11-22 13:57:04‹22›  ‹31›failed‹39›       20250101000000 create_users  ‹36›core/cli_acme‹39›         ‹2›ann@laptop‹22›

    ‹31›✗‹39› ‹2›2026-11-22 13:57:04‹22› 20250101000000_create_users_postgresql_core
      column "nme" does not exist and much more and much more and much more and much more and much more and much more and much more and much more and much more and much more and much more and much more a…"
  `);
});

it('stays within 80 columns whatever the names are', () => {
  const long = 'x'.repeat(63);
  const events = [event({ schema: long, migrationId: id('20250101000000', long), actor: `${long}@${long}` })];
  expect(historyView(events, catalog, plainLook(80)).every((line) => displayWidth(line) <= 80)).toBe(true);
});

it('names the repair and its reason, also of one that speaks of the whole target', () => {
  const events = [
    event({
      kind: 'repaired',
      durationMs: null,
      reason: 'applied by hand\nlast night',
      detail: { action: 'mark-applied' },
    }),
    event({
      kind: 'repaired',
      migrationId: null,
      checksum: null,
      durationMs: null,
      reason: 'customer left',
      detail: { action: 'forget-target' },
    }),
  ];
  expect(shown(historyView(events, catalog, plainLook(100)))).toMatchInlineSnapshot(`
    "time (UTC)           what           migration                    target         took  who
    2026-11-22 13:57:04  mark-applied   20250101000000 create_users  core/cli_acme        ann@laptop
    2026-11-22 13:57:04  forget-target  the whole target             core/cli_acme        ann@laptop

    · 2026-11-22 13:57:04 20250101000000_create_users_postgresql_core
      because: applied by hand last night
    · 2026-11-22 13:57:04 core/cli_acme
      because: customer left"
  `);
});
