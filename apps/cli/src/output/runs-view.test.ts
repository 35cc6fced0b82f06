import type { RunHead } from '@bfm/client';
import { expect, it } from 'vitest';
import { plainLook, shown } from '../../test/sample.ts';
import { runsView } from './runs-view.ts';

const DONE: RunHead = {
  id: '01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10',
  status: 'succeeded',
  direction: 'up',
  plan_digest: 'b'.repeat(64),
  actor: 'deploys',
  method: 'http',
  created_at: '2026-11-23T05:00:00.000001Z',
  started_at: '2026-11-23T05:00:00.104000Z',
  finished_at: '2026-11-23T05:00:01.250000Z',
  cancel_requested_at: null,
  pause_requested_at: null,
  attempts: 1,
  worker: null,
  summary: { applied: 2, rolled_back: 0, skipped: 1, failed: 0, not_started: 0, needs_attention: 0 },
  error: null,
};

it('tells how runs stand', () => {
  const running: RunHead = { ...DONE, status: 'running', finished_at: null, summary: null };
  const asked = {
    ...running,
    cancel_requested_at: '2026-11-23T05:00:00.300000Z',
    direction: 'down',
  } as const;
  expect(shown(runsView([running, asked, DONE], plainLook(120)))).toMatchInlineSnapshot(`
    "run                                   status           what  began (UTC)          steps                 who
    01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10  running          up    2026-11-23 05:00:00                        deploys
    01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10  being cancelled  down  2026-11-23 05:00:00                        deploys
    01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10  succeeded        up    2026-11-23 05:00:00  2 applied, 1 skipped  deploys"
  `);
  expect(runsView([DONE], plainLook(50)).every((line) => line.length <= 52)).toBe(true);
});

it('says that there is none', () => {
  expect(runsView([], plainLook(80))).toEqual(['There is no such run.']);
});
