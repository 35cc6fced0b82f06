import type { HeldLock } from '@bfm/service';
import type { ConnectionName, SchemaName } from '@bfm/core';
import { expect, it } from 'vitest';
import { plainLook } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { locksView } from './locks-view.ts';

const holder = { name: 'ann@build (pid 7, run r)', since: '2026-11-23T02:24:55Z', token: '7' };
const session: HeldLock['session'] = {
  connection: 'core' as ConnectionName,
  schema: 'shop' as SchemaName,
  holder,
  backend: 28_995,
  state: 'active',
  command: 'SELECT',
  statementMs: 2_400,
};
const lease: HeldLock['lease'] = {
  key: 'x/shop',
  token: '12',
  holder: { actor: 'ann@build', pid: 7, runId: 'r', connection: 'core', schema: 'shop' },
  since: '2026-11-23T02:24:55Z',
  endsInMs: 27_700,
};

const held = (more: Partial<HeldLock>): HeldLock => ({
  id: 'core/shop@7',
  connection: 'core',
  schema: 'shop',
  session: null,
  lease: null,
  store: null,
  ...more,
});

const view = (locks: readonly HeldLock[], width = 200): readonly string[] =>
  locksView({ locks, unreachable: [] }, plainLook(width));

it('shows a session with what it is doing, and when its lease ends', () => {
  expect(view([held({ session, lease, id: 'core/shop@7+12' })])).toEqual([
    'core/shop@7+12  (a database that is not configured here)',
    '  held by ann@build (pid 7, run r), since 2026-11-23T02:24:55Z, token 7',
    '  backend 28995, active for 2.4 s (SELECT)',
    '  lease 12, ends in 27.7 s unless it is renewed',
  ]);
});

it('says when a lease is all there is, and when nothing is held', () => {
  expect(view([held({ lease })])).toContain('  no session has it; the lease is all there is');
  expect(view([])).toEqual(['Nothing is held.']);
});

it('says when this role may not see what a session does, and shows names from outside as text', () => {
  const hidden = { ...session, state: null, holder: { ...holder, name: 'a\u001b[2Jb' } };
  const lines = view([held({ session: hidden })]);
  expect(lines).toContain('  backend 28995; what it is doing is not for this role to see');
  expect(lines.join('')).not.toContain('\u001b');
});

it('keeps to the width of the screen', () => {
  const long = { ...session, holder: { ...holder, name: 'somebody with a long name '.repeat(6) } };
  for (const line of view([held({ session: long, lease })], 60)) {
    expect(displayWidth(line)).toBeLessThanOrEqual(60);
  }
});
