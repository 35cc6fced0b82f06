import type { KnownTarget } from '@bfm/service';
import { expect, it } from 'vitest';
import { connection, plainLook, schema, shown } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { targetsView } from './targets-view.ts';

const known = (name: string, more: Partial<KnownTarget> = {}): KnownTarget => ({
  connection: connection('core'),
  schema: schema(name),
  presence: 'here',
  applied: 17,
  changedAt: '2026-11-22T13:57:04.123Z',
  retiredAt: null,
  address: 'localhost:5432/app',
  configured: true,
  kind: 'tenant',
  ...more,
});
const list = (targets: readonly KnownTarget[], retired = 0) => ({ targets, retired, unreachable: [] });

it('shows what is there, and what is unusual', () => {
  const targets = [
    known('core', { kind: 'fixed' }),
    known('gone', { presence: 'missing' }),
    known('anew', { presence: 'other', configured: false }),
    known('left', { presence: 'missing', retiredAt: '2026-12-01T00:00:00.000Z', changedAt: null }),
  ];
  expect(shown(targetsView(list(targets, 1), plainLook(120)))).toMatchInlineSnapshot(`
    "   target     kind    applied  last change (UTC)    state
    ✓  core/core  fixed        17  2026-11-22 13:57:04
    –  core/gone  tenant       17  2026-11-22 13:57:04  schema missing
    –  core/anew  tenant       17  2026-11-22 13:57:04  schema made anew, connection not configured
    –  core/left  tenant       17                       given up 2026-12-01 00:00:00, schema missing

    4 targets"
  `);
});

it('says that there is more, or nothing', () => {
  expect(targetsView(list([known('core')], 2), plainLook(80)).at(-1)).toBe(
    '2 more were given up; --retired shows them',
  );
  expect(targetsView(list([]), plainLook(80))).toEqual(['No ledger knows any target yet.']);
});

it('stays within 80 columns', () => {
  const lines = targetsView(list([known('x'.repeat(63), { presence: 'missing' })]), plainLook(80));
  expect(lines.every((line) => displayWidth(line) <= 80)).toBe(true);
});
