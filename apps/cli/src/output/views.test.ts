import { BfmError, type LedgerEvent, type PlanSkip, type SchemaName } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import {
  catalogOf,
  connection,
  group,
  id,
  plainLook,
  plan,
  result,
  run,
  schema,
  shown,
  status,
  step,
  stepError,
  target,
} from '../../test/sample.ts';
import { errorView, type FileFinder } from './error-view.ts';
import { displayWidth } from './fit.ts';
import { historyView } from './history-view.ts';
import type { Look } from './look.ts';
import { planView } from './plan-view.ts';
import { runSummaryView } from './run-summary-view.ts';
import { statusView } from './status-view.ts';

const FILES: FileFinder = {
  pathOf: (file) => `sfm/${file}`,
  lineAt: () => 'ALTER TABLE users ADD COLUMN mial text, ADD COLUMN phone text, ADD COLUMN notes text;',
};
const STEPS = [
  step('20250101000000', 'create_users', ['CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL)']),
  {
    ...step('20250102000000', 'add_mail', ['ALTER TABLE users ADD mail text']),
    kind: 'irreversible' as const,
  },
];
const CATALOG = catalogOf(STEPS, null);
const TENANTS = Array.from({ length: 2000 }, (_, index) => `cli_${String(index).padStart(8, '0')}`);
const SKIPPED: PlanSkip = {
  reason: 'schema_missing',
  connection: connection('core'),
  schema: 'cli_gone' as SchemaName,
  migrations: 2,
};

function event(more: Partial<LedgerEvent>): LedgerEvent {
  return {
    eventId: '7',
    kind: 'applied',
    migrationId: id('20250101000000', 'create_users'),
    connection: 'core',
    schema: 'cli_00000001',
    at: '2026-11-22T13:57:04.123Z',
    runId: 'r',
    actor: 'deploy@build-7',
    checksum: 'c',
    durationMs: 28,
    error: null,
    reason: null,
    detail: null,
    ...more,
  };
}

/** Every view of a command that people read most, over a fleet. */
const VIEWS: Readonly<Record<string, (look: Look) => readonly string[]>> = {
  plan: (look) =>
    planView(
      plan([group(TENANTS, STEPS)], { skips: [SKIPPED] }),
      { catalog: CATALOG, pathOf: FILES.pathOf, sql: true },
      look,
    ),
  'up that fails for some': (look) =>
    runSummaryView(
      {
        result: run(
          'failed',
          TENANTS.map((name, index) =>
            index % 100 === 7
              ? result(target(name), 'failed', {
                  error: stepError(
                    target(name),
                    'step.failed',
                    'column "mail" of relation "users" already exists',
                  ),
                })
              : result(target(name), 'applied'),
          ),
        ),
        direction: 'up',
        durationMs: 61_000,
        again: 'bfm up --all-tenants',
      },
      FILES,
      look,
    ),
  status: (look) =>
    statusView(
      TENANTS.map((name, index) =>
        index % 500 === 7
          ? status(name, { pending: STEPS.map(({ migrationId }) => migrationId) })
          : status(name),
      ),
      look,
    ),
  history: (look) =>
    historyView(
      [event({}), event({ kind: 'failed', error: 'column "mail" of relation "users" already exists' })],
      CATALOG,
      look,
    ),
  error: (look) =>
    errorView(
      new BfmError('target.locked', {
        message: 'core/cli_00000001 is held by deploy@build-7, run 4711; waited 10 s, changed nothing',
        details: { where: { connection: connection('core'), schema: schema('cli_00000001') } },
        next: 'wait for that run to end and try again, or wait longer with --lock-wait',
      }),
      FILES,
      look,
    ),
};

/** What is never taken apart: SQL, commands, and single words such as a digest. */
const WHOLE = [/^ {6}\S/, /next: bfm /, /^ *\S+$/];

function tooWide(lines: readonly string[], width: number): readonly string[] {
  return lines
    .flatMap((text) => text.split('\n'))
    .filter((line) => displayWidth(line) > width && !WHOLE.some((pattern) => pattern.test(line)));
}

describe.each(Object.keys(VIEWS))('the view of %s', (name) => {
  it.each([40, 80, 200])('is readable in %i columns', (width) => {
    const lines = VIEWS[name]?.(plainLook(width)) ?? [];
    expect(shown(lines)).toMatchSnapshot();
    expect(tooWide(lines, Math.max(width, 66))).toEqual([]);
  });
});
