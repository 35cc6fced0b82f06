import { BfmError, type ConnectionName } from '@bfm/core';
import type { ConnectionInfo, TargetStatus } from '@bfm/service';
import { expect, it } from 'vitest';
import { catalogOf, connection, id, status, step } from '../../test/sample.ts';
import { statusNextSteps } from './status-next-steps.ts';

const ADD = step('20250103000000', 'add_index', []);
const CORE: ConnectionInfo = {
  name: connection('core'),
  backend: 'postgresql',
  defaultSchema: null,
  tenants: null,
};
const contextOf = (fixed: string | null, info: ConnectionInfo = CORE) => ({
  catalog: catalogOf([ADD], fixed),
  connections: new Map<ConnectionName, ConnectionInfo>([[info.name, info]]),
});
const pending = (schema: string, more: Partial<TargetStatus> = {}): TargetStatus =>
  status(schema, { pending: [ADD.migrationId], ...more });
const OPTIONS = { color: true } as const;

it('names tenants, since a plan without a schema leaves them out', () => {
  const fixed = contextOf('core');
  const dynamic = contextOf(null);
  expect(statusNextSteps([status('core')], OPTIONS, fixed)).toEqual([]);
  expect(statusNextSteps([pending('core')], OPTIONS, fixed)).toEqual(['bfm plan']);
  expect(statusNextSteps([pending('a'), pending('b')], OPTIONS, dynamic)).toEqual([
    'bfm plan --connection core --schema a --schema b',
  ]);
  expect(statusNextSteps([pending('a')], { ...OPTIONS, schema: ['a'] }, dynamic)).toEqual([
    'bfm plan --schema a',
  ]);
});

it('names no fleet that its connection can list', () => {
  const fleet = ['a', 'b', 'c', 'd'].map((schema) => pending(schema));
  const tenants = { kind: 'query', query: 'SELECT 1' } as unknown as ConnectionInfo['tenants'];
  expect(statusNextSteps(fleet, OPTIONS, contextOf(null, { ...CORE, tenants }))).toEqual([
    'bfm plan --connection core --all-tenants',
  ]);
});

it('never leaves out tenants beyond those it names', () => {
  const schemas = Array.from({ length: 13 }, (_, index) => `t${index + 10}`);
  const first = schemas.slice(0, 10).map((schema) => `--schema ${schema}`);
  const all = (more: Partial<TargetStatus>): readonly string[] =>
    statusNextSteps(
      schemas.map((schema) => pending(schema, more)),
      OPTIONS,
      contextOf(null),
    );
  expect(all({})).toEqual([
    "bfm plan --connection core --schemas-from 'SELECT schema_name FROM bfm.scope WHERE connection = $$core$$ AND retired_at IS NULL'",
  ]);
  expect(all({ blocker: 'ledger.baseline_required' })).toEqual([
    `bfm baseline --connection core ${first.join(' ')} --to 20250103000000 --dry-run (and the same for 3 more schemas)`,
  ]);
  const drift: TargetStatus['drift'] = [{ kind: 'missing', migrationId: ADD.migrationId, partly: true }];
  expect(all({ drift, pending: [] })).toEqual([
    `restore the file, or point --sfm at the tree that has it; when it is gone for good and what it did is undone: bfm repair mark-pending --connection core ${first.join(' ')} --migration ${ADD.migrationId} --reason WHY (and the same for 3 more schemas)`,
  ]);
});

it('says what mends drift, what is late and what cannot be reached', () => {
  const gone = status('a', { drift: [{ kind: 'missing', migrationId: ADD.migrationId, partly: false }] });
  const late = pending('b', {
    drift: [
      { kind: 'out_of_order', migrationId: ADD.migrationId, after: id('20250104000000', 'add_orders') },
    ],
  });
  const unreachable = new BfmError('target.unreachable', { message: 'm', next: 'start the server' });
  const targets = [gone, gone, late, status('c', { unreachable })];
  expect(statusNextSteps(targets, OPTIONS, contextOf(null))).toEqual([
    'start the server',
    `restore the file, or point --sfm at the tree that has it; when it is gone for good: bfm repair mark-pending --connection core --schema a --migration ${ADD.migrationId} --reason WHY`,
    'give it a newer version, or allow it with --out-of-order=allow',
    'bfm plan --connection core --schema b --out-of-order=allow',
  ]);
});

it('shows what a baseline of schemas without a record would mark', () => {
  const blocked = ['a', 'b'].map((schema) => pending(schema, { blocker: 'ledger.baseline_required' }));
  expect(statusNextSteps(blocked, OPTIONS, contextOf(null))).toEqual([
    'bfm baseline --connection core --schema a --schema b --to 20250103000000 --dry-run',
  ]);
});
