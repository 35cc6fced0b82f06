import { BfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import {
  colouredLook,
  group,
  id,
  plan,
  plainLook,
  result,
  shown,
  step,
  stepError,
  target,
} from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import type { Look } from './look.ts';
import { runningStepView, runningView } from './running-view.ts';
import {
  echoLayout,
  finishedStepView,
  retryView,
  waitingView,
  type EchoedStep,
  type EchoStyle,
} from './echo-view.ts';

const ADD = step('20250102000000', 'add_mail', [
  'CREATE TABLE IF NOT EXISTS users (\n  id int PRIMARY KEY,\n  organization_id uuid NOT NULL REFERENCES core.organizations (organization_id)\n)',
  'ALTER TABLE users ADD COLUMN mail text',
]);
const PLAN = plan([group(['core'], [ADD])]);
const REF = {
  target: target('core'),
  migrationId: id('20250102000000', 'add_mail'),
  direction: 'up',
} as const;

const statement = (number: number, durationMs: number): EchoedStep['statements'][number] => ({
  type: 'statement.finished',
  step: REF,
  statement: number,
  durationMs,
  command: number === 1 ? 'CREATE TABLE' : 'ALTER TABLE',
  sql: ADD.statements[number - 1]?.text ?? '',
});

const echoed = (statements: EchoedStep['statements']): EchoedStep => ({
  target: REF.target,
  migrationId: REF.migrationId,
  startedMs: 0,
  statementMs: 3_000,
  at: statements.length,
  planned: 2,
  progress: null,
  statements,
  notices: [{ severity: 'NOTICE', message: 'relation "users" already exists, skipping', after: 0 }],
  noticeCount: 1,
});

const style = (look: Look): EchoStyle => ({ ...echoLayout(PLAN, look), look });

describe.each([80, 200])('at %i columns', (width) => {
  it('aligns statements, command tags and times', () => {
    const lines = finishedStepView(
      result(REF.target, 'applied'),
      echoed([statement(1, 4.2), statement(2, 1800)]),
      style(plainLook(width)),
    );
    expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
    expect(shown(lines)).toMatchSnapshot();
  });

  it('marks the statement that failed', () => {
    const error = stepError(REF.target, 'step.failed', 'column "mail" exists');
    const lines = finishedStepView(
      result(REF.target, 'failed', { error }),
      echoed([statement(1, 4)]),
      style(colouredLook(width)),
    );
    expect(shown(lines)).toMatchSnapshot();
  });
});

it('calls a cancelled step cancelled, and tells nothing of one that was not begun', () => {
  const look = style(plainLook(80));
  const error = new BfmError('run.cancelled', { message: 'cancelled' });
  expect(finishedStepView(result(REF.target, 'failed', { error }), null, look)[0]).toMatch(/^– .*cancelled/);
  expect(finishedStepView(result(REF.target, 'not_started', { error }), null, look)).toEqual([]);
  expect(finishedStepView(result(REF.target, 'skipped'), null, look)[0]).toContain(
    'done already by another run',
  );
});

it('tells of waits and retries, and who is in the way', () => {
  const look = plainLook(80);
  const { names } = echoLayout(PLAN, look);
  expect(
    waitingView(
      {
        type: 'target.waiting',
        target: REF.target,
        holder: { name: 'ann@laptop (pid 3, run 1, session 2)', since: '2026-01-02T03:04:05Z', token: '7' },
      },
      look,
    ),
  ).toMatchInlineSnapshot(`
    [
      "… waiting for core/core, held by ann@laptop (pid 3, run 1, session 2), since",
      "  2026-01-02T03:04:05Z, token 7",
    ]
  `);
  const error = new BfmError('step.lock_timeout', { message: 'canceling statement due to lock timeout' });
  expect(retryView({ type: 'step.retrying', step: REF, attempt: 1, delayMs: 230, error }, names, look))
    .toMatchInlineSnapshot(`
      [
        "… try 1 of add_mail in core/core was blocked; again in 230 ms",
        "  canceling statement due to lock timeout",
      ]
    `);
});

it('shows what is running with the statement it is at', () => {
  const atSecond = echoed([statement(1, 4)]);
  const look = style(plainLook(80));
  expect(runningStepView(atSecond, 12_300, look)).toMatchInlineSnapshot(`
    [
      "… 20250102000000 add_mail  core/core  statement 2 of 2                    12.3 s",
      "       ALTER TABLE users ADD COLUMN mail text                              9.3 s",
    ]
  `);
  const progress = { phase: 'building', done: 1, total: 4, unit: 'blocks', waitingFor: 'pid 7' } as const;
  expect(runningStepView({ ...atSecond, progress }, 12_300, look)[2]).toBe(
    '       building, 25 % of 4 blocks, waits for pid 7',
  );
});

it('shows few of what runs at once, and only counts what waits for its commit', () => {
  const done = echoed([statement(1, 4), statement(2, 4)]);
  const other = { ...done, target: target('other') };
  const steps = [done, ...Array.from({ length: 7 }, () => echoed([])), done, other];
  const lines = runningView(steps, 12_300, style(plainLook(80)));
  expect(lines.filter((line) => line.startsWith('…'))).toHaveLength(5);
  expect(lines.slice(-3)).toEqual([
    '  and 2 more',
    '  2 migrations before it done, to be confirmed with it',
    '  1 migration done and being committed',
  ]);
});

it('lists migrations only when asked to, with what went wrong and what the server warns of', () => {
  const brief = { ...echoLayout(PLAN, plainLook(80), 'migrations'), look: plainLook(80) };
  const step = echoed([statement(1, 4), statement(2, 4)]);
  expect(finishedStepView(result(REF.target, 'applied'), step, brief)).toHaveLength(1);
  step.notices.push({ severity: 'WARNING', message: 'look here', after: 0 });
  expect(finishedStepView(result(REF.target, 'applied'), step, brief)[1]).toBe('       WARNING: look here');
  const error = stepError(REF.target, 'step.failed', 'column "mail" exists');
  const failed = finishedStepView(result(REF.target, 'failed', { error }), echoed([]), brief);
  expect(failed[1]).toMatch(/✗ \d {2}\w/);
});

it('counts the notices that are not shown', () => {
  const step = { ...echoed([statement(1, 4)]), noticeCount: 1_235 };
  const lines = finishedStepView(result(REF.target, 'applied'), step, style(plainLook(80)));
  expect(lines.at(-1)).toBe('       and 1,234 more notices');
});
