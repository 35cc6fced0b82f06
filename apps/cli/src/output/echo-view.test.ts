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
import {
  echoLayout,
  finishedStepView,
  retryView,
  runningStepView,
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
      { type: 'target.waiting', target: REF.target, holder: 'ann@laptop (run 1, session 2)' },
      look,
    ),
  ).toMatchInlineSnapshot(`
    [
      "… waiting for core/core, held by ann@laptop (run 1, session 2)",
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
  expect(runningStepView(echoed([statement(1, 4)]), 12_300, style(plainLook(80)))).toMatchInlineSnapshot(
    `"… 20250102000000 add_mail  core/core  statement 2 of 2                    12.3 s"`,
  );
});

it('counts the notices that are not shown', () => {
  const step = { ...echoed([statement(1, 4)]), noticeCount: 1_235 };
  const lines = finishedStepView(result(REF.target, 'applied'), step, style(plainLook(80)));
  expect(lines.at(-1)).toBe('       and 1,234 more notices');
});
