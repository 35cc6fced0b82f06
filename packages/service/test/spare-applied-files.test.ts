import {
  makePlanRequest,
  BfmError,
  mendFile,
  parseSchemaName,
  type RunResult,
  type SchemaName,
} from '@bfm/core';
import { applyPlan, planMigrations, type ServiceContext } from '@bfm/service';
import { makeDraft, MemoryStore } from '@bfm/testing';
import { expect, it } from 'vitest';
import { APPLY, connectionName, makeContext } from './make-context.ts';

const drafts = [
  makeDraft({ version: '20250101000001', name: 'orgs', connection: 'core', schema: 'core' }),
  makeDraft({ version: '20250102000001', name: 'alerts', connection: 'tenant', schema: null }),
];
const ID = '20250102000001_alerts_postgresql_tenant';

const named = (...names: readonly string[]): SchemaName[] =>
  names.map((name) => {
    const parsed = parseSchemaName(name);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.name;
  });

/** A store in which everything fails in schemas that begin with `bad`. */
const failing = (): MemoryStore =>
  new MemoryStore('memory', (_sql, { schema }) => (schema.startsWith('bad') ? 'failed' : 'ok'));

async function up(schemas: readonly SchemaName[], context: ServiceContext): Promise<RunResult> {
  const request = makePlanRequest({
    connections: [connectionName('tenant')],
    schemas: [...schemas],
    createSchemas: true,
  });
  return applyPlan(await planMigrations(request, context), APPLY, context);
}

const nextOf = ({ steps }: RunResult): string | null =>
  steps.find(({ outcome }) => outcome === 'failed')?.error?.next ?? null;

it('has the file mended while no target has it applied', async () => {
  const store = failing();
  expect(nextOf(await up(named('bad'), makeContext(drafts, { storeOf: () => store })))).toBe(mendFile('up'));
});

it('has data mended, or the repair typed, once another target has it, in this run or before', async () => {
  for (const runs of [[named('bad', 'good')], [named('good'), named('bad')]]) {
    const store = failing();
    const context = makeContext(drafts, { storeOf: () => store });
    const results: RunResult[] = [];
    for (const schemas of runs) results.push(await up(schemas, context));
    const last = results.at(-1);
    expect(last).toMatchObject({ status: 'failed', summary: { failed: 1 } });
    const next = last === undefined ? null : nextOf(last);
    expect(next).toMatch(/^leave the file as it is, tenant\/good has it applied/);
    expect(next).toContain(
      `bfm repair mark-applied --connection tenant --schema bad --migration ${ID} --reason WHY`,
    );
  }
});

it('takes what was rolled back since for not applied', async () => {
  const store = failing();
  const context = makeContext(drafts, { storeOf: () => store });
  await up(named('good'), context);
  const down = makePlanRequest({
    direction: 'down',
    all: true,
    connections: [connectionName('tenant')],
    schemas: named('good'),
  });
  await applyPlan(await planMigrations(down, context), APPLY, context);
  expect(nextOf(await up(named('bad'), context))).toBe(mendFile('up'));
});

it('leaves the errors as they are when ledgers cannot be read any more', async () => {
  const store = failing();
  const context = makeContext(drafts, { storeOf: () => store });
  await up(named('good'), context);
  const gone = new BfmError('target.unreachable', { message: 'gone' });
  const inspect = store.inspect.bind(store);
  store.inspect = (queries) =>
    queries.some(({ schemas }) => schemas === 'known') ? Promise.reject(gone) : inspect(queries);
  expect(nextOf(await up(named('bad'), context))).toBe(mendFile('up'));
});
