import { BfmError, type EngineEvent, type LedgerEvent, type Plan, type PlanRequest } from '@bfm/core';
import type { GroupedPlan, LedgerEventPage, RunEvent, TargetStatus as WireStatus } from '@bfm/client';
import {
  presentEvent,
  presentHistory,
  presentPlanGroups,
  presentStatus,
  readPlanOrder,
  type ServiceContext,
  type TargetStatus,
} from '@bfm/service';
import { makePlanRequest } from '@bfm/core';
import { expect, it } from 'vitest';
import { catalogOf, group, id, plan, schema, status, step, stepError, target } from '../../test/sample.ts';
import { readEvent } from './read-event.ts';
import { readHistoryPage } from './read-history.ts';
import { readPlan } from './read-plan.ts';
import { readTargetStatus } from './read-status.ts';
import { toPlanOrder } from './to-plan-order.ts';

/** What is left of a document that goes over the wire. */
function sent(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document));
}

const STEP = step('20250101000000', 'users', ['CREATE TABLE users (id int)', 'SELECT 1']);
const NOTES = id('20250102000000', 'notes');

it('has a plan come back as it was', () => {
  const before = { connection: target('acme').connection, schema: null, migrationId: NOTES };
  const execution = {
    ...STEP.execution,
    batchSize: 5,
    lockTimeoutMs: 7,
    statementTimeoutMs: 9,
    batchPauseMs: 11,
  };
  const whole: Plan = plan(
    [
      group(['acme', 'globex'], [STEP, { ...STEP, execution, after: [before], kind: 'resumable' }]),
      { ...group(['umbrella'], [STEP]), targets: [{ schema: schema('umbrella'), createSchema: true }] },
    ],
    {
      skips: [{ connection: target('a').connection, schema: null, reason: 'schema_required', migrations: 2 }],
    },
  );
  expect(readPlan(sent(presentPlanGroups(whole)) as GroupedPlan)).toEqual(whole);
});

it.each<Partial<TargetStatus>>([
  {},
  { presence: 'missing', newest: null, pending: [NOTES], failed: [NOTES] },
  { held: { holder: 'ann@host', seconds: 4 }, blocker: 'ledger.recreated' },
  { drift: [{ kind: 'missing', migrationId: NOTES, partly: true }] },
  {
    unfinished: [
      {
        connection: target('acme').connection,
        schema: schema('acme'),
        migrationId: NOTES,
        status: 'started',
        statementsDone: 2,
        statementBegun: 3,
        rowsDone: 5,
        batchesDone: 1,
        running: false,
        error: 'it broke',
      },
    ],
  },
])('has a status come back as it was: %j', (more) => {
  const whole = status('acme', more);
  const { targets } = sent(presentStatus([whole], [])) as { readonly targets: readonly WireStatus[] };
  expect(targets.map(readTargetStatus)).toEqual([whole]);
});

it('has the error of a store that cannot be reached come back', () => {
  const unreachable = new BfmError('target.unreachable', { message: 'nobody answers', next: 'start it' });
  const { targets } = sent(presentStatus([status('acme', { unreachable })], [])) as {
    readonly targets: readonly WireStatus[];
  };
  expect(targets.map(readTargetStatus)[0]?.unreachable).toEqual(unreachable);
});

it('has events of ledgers come back as they were', () => {
  const event: LedgerEvent = {
    eventId: '7',
    kind: 'repaired',
    migrationId: NOTES,
    connection: 'core',
    schema: 'acme',
    at: '2026-01-02T03:04:05Z',
    runId: 'run-1',
    actor: 'ann@host',
    checksum: null,
    durationMs: null,
    error: null,
    reason: 'done by hand',
    detail: { action: 'mark-applied' },
  };
  const page = { entries: [event, { ...event, error: 'x', reason: null, detail: null }], next: 'more' };
  expect(readHistoryPage(sent(presentHistory(page)) as LedgerEventPage)).toEqual(page);
});

const REF = { target: target('acme'), migrationId: NOTES, direction: 'up' } as const;
const ERROR = stepError(target('acme'), 'step.failed', 'no');
const EVENTS: readonly EngineEvent[] = [
  {
    type: 'target.waiting',
    target: target('acme'),
    holder: { name: 'ann@host', since: null, token: '7', leaseEndsInMs: 900 },
  },
  { type: 'target.waiting', target: target('acme'), holder: { name: 'bob', since: 'then', token: null } },
  { type: 'target.started', target: target('acme'), fencingToken: '7' },
  { type: 'target.lost', target: target('acme'), error: ERROR },
  { type: 'target.finished', target: target('acme'), failed: true },
  { type: 'step.started', step: REF, statements: 3, attempt: 1 },
  { type: 'step.retrying', step: REF, attempt: 1, delayMs: 20, error: ERROR },
  { type: 'step.finished', result: { ...REF, outcome: 'failed', durationMs: 5, attempts: 2, error: ERROR } },
  { type: 'step.finished', result: { ...REF, outcome: 'applied', durationMs: 5, attempts: 1, error: null } },
  {
    type: 'statement.finished',
    step: REF,
    statement: 1,
    durationMs: 4,
    command: 'SELECT 1',
    sql: 'SELECT 1',
  },
  {
    type: 'statement.progress',
    step: REF,
    statement: 1,
    progress: { phase: 'building', done: 1, total: null, unit: 'blocks', waitingFor: 'pid 7' },
  },
  { type: 'notice', step: REF, severity: 'WARNING', message: 'beware' },
];

it.each(EVENTS)('has an event come back as it was: $type', (event) => {
  const wire = sent({ type: event.type, seq: 1, at: 'now', ...presentEvent(event) }) as RunEvent;
  expect(readEvent(wire)).toEqual(event);
});

it('passes over events that no display shows', () => {
  expect(readEvent({ type: 'run.events_left_out', seq: 1, at: 'now', count: 3 })).toBeNull();
  expect(readEvent({ type: 'constructor', seq: 1, at: 'now' })).toBeNull();
});

const WHOLE: PlanRequest = {
  direction: 'down',
  connections: [target('a').connection],
  backends: ['postgresql'],
  schemas: [schema('acme')],
  listedSchemas: [schema('globex')],
  schemasListed: true,
  tags: { team: 'x' },
  migrations: [STEP.migrationId],
  to: null,
  createSchemas: true,
  steps: null,
  all: false,
  outOfOrder: 'allow',
  allowNonEmpty: true,
  ignoreDependencies: true,
};

it.each<PlanRequest>([
  makePlanRequest(),
  { ...makePlanRequest(), schemasListed: true },
  { ...makePlanRequest(), to: STEP.version },
  { ...makePlanRequest(), direction: 'down', steps: 3 },
  { ...makePlanRequest(), direction: 'down', all: true },
  WHOLE,
])('has a server read a request as it is: %j', async (request) => {
  const catalog = catalogOf([STEP], null);
  const [core] = WHOLE.connections;
  const info = { name: core, backend: 'postgresql', defaultSchema: null, tenants: null };
  const context = { catalog, connections: new Map([[core, info]]) } as unknown as ServiceContext;
  expect(Object.keys(request).sort()).toEqual(Object.keys(WHOLE).sort());
  expect(await readPlanOrder(toPlanOrder(request), context)).toEqual(request);
});
