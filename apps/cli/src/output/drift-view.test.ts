import { BfmError, type Checksum } from '@bfm/core';
import { expect, it } from 'vitest';
import { id, plainLook, shown, status } from '../../test/sample.ts';
import { driftView } from './drift-view.ts';

const NOTES = id('20250101000000', 'notes');
const DRIFT = [
  {
    kind: 'checksum_changed',
    migrationId: NOTES,
    applied: 'a'.repeat(64) as Checksum,
    current: 'b'.repeat(64) as Checksum,
  },
] as const;

it('tells each reason once, with its targets', () => {
  const away = new BfmError('target.unreachable', {
    message: 'nobody answers at db:5432/app',
    next: 'start it',
  });
  const targets = [
    status('acme', { drift: DRIFT }),
    status('globex', { drift: DRIFT }),
    status('initech'),
    status('umbrella', { unreachable: away }),
  ];
  expect(shown(driftView(targets, plainLook(80)))).toMatchInlineSnapshot(`
    "core (postgresql)
      ✗ 20250101000000_notes_postgresql_core was edited after it was applied
        (applied aaaaaaaaaaaa, now bbbbbbbbbbbb)
        in acme, globex
      ✗ nobody answers at db:5432/app
        in umbrella

    ✗ 2 of 4 targets drifted, 1 target could not be read."
  `);
});

it('says that there is none', () => {
  expect(driftView([status('acme')], plainLook(80))).toEqual(['✓ No drift in 1 target.']);
  expect(driftView([], plainLook(80))).toEqual(['No target is selected or known yet.']);
});
