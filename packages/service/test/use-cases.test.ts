import { makePlanRequest, BfmError, parseSchemaName, type SchemaName } from '@bfm/core';
import {
  applyPlan,
  dryRun,
  listTenants,
  planMigrations,
  presentPlan,
  presentRun,
  presentStatus,
  readHistory,
  readStatus,
  replan,
  resolveMigrations,
  runExitCode,
  type ServiceContext,
} from '@bfm/service';
import { makeDraft, MemoryStore } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { APPLY, connectionName, makeConnection, makeContext } from './make-context.ts';

const drafts = [
  makeDraft({ version: '20250101000001', name: 'orgs', connection: 'core', schema: 'core' }),
  makeDraft({
    version: '20250101000002',
    name: 'users',
    connection: 'core',
    schema: 'core',
    dependsOn: ['orgs'],
  }),
  makeDraft({
    version: '20250102000001',
    name: 'alerts',
    connection: 'tenant',
    schema: null,
    dependsOn: ['core/orgs'],
  }),
];
const request = makePlanRequest();

describe('planning and applying', () => {
  it('applies a plan and presents it as the contract says', async () => {
    const context = makeContext(drafts);
    const plan = await planMigrations(request, context);
    expect(written(presentPlan(plan))).toMatchObject({
      digest: plan.digest,
      steps: [
        {
          migration_id: '20250101000001_orgs_postgresql_core',
          schema: 'core',
          kind: 'atomic',
          reason: 'selected',
        },
        { migration_id: '20250101000002_users_postgresql_core', statements: ['do users'] },
      ],
    });
    const result = await applyPlan(plan, APPLY, context);
    expect(runExitCode(result)).toBe(0);
    expect(written(presentRun(result))).toMatchObject({
      run: { id: 'run-1', status: 'succeeded' },
      steps: [
        { outcome: 'applied', connection: 'core', schema: 'core', direction: 'up' },
        { outcome: 'applied' },
      ],
      summary: { applied: 2, failed: 0 },
    });
  });

  it('changes nothing in a dry run', async () => {
    const context = makeContext(drafts);
    const plan = await planMigrations(request, context);
    expect(dryRun(plan, context).steps.map(({ outcome }) => outcome)).toEqual(['planned', 'planned']);
    expect((await planMigrations(request, context)).digest).toBe(plan.digest);
  });

  it('refuses a saved plan once the world has changed, and takes it while it has not', async () => {
    const context = makeContext(drafts);
    const { digest } = await planMigrations(request, context);
    expect((await replan(request, digest, context)).digest).toBe(digest);
    await applyPlan(await planMigrations(request, context), APPLY, context);
    await expect(replan(request, digest, context)).rejects.toMatchObject({ code: 'plan.stale' });
  });

  it('needs no compiler when nothing is pending', async () => {
    const context = makeContext(drafts);
    await applyPlan(await planMigrations(request, context), APPLY, context);
    const without: ServiceContext = {
      ...context,
      loadCompiler: () => Promise.reject(new Error('was loaded')),
    };
    expect((await planMigrations(request, without)).groups).toEqual([]);
  });

  it('lets a comment in an applied file change, and nothing else', async () => {
    const context = makeContext(drafts);
    await applyPlan(await planMigrations(request, context), APPLY, context);
    const edited = (text: string): ServiceContext => {
      const changed = makeDraft({
        version: '20250101000001',
        name: 'orgs',
        connection: 'core',
        schema: 'core',
        up: [text],
      });
      return { ...context, catalog: makeContext([changed, ...drafts.slice(1)]).catalog };
    };
    expect((await planMigrations(request, edited('do orgs #comment'))).groups).toEqual([]);
    await expect(planMigrations(request, edited('do other'))).rejects.toMatchObject({
      code: 'drift.checksum_changed',
    });
  });

  it('refuses a faulty source with all its faults', async () => {
    const fault = { code: 'migration.empty', message: 'empty', where: { file: 'a' }, mend: 'mend' } as const;
    const context = makeContext(drafts, { sourceFaults: [fault, fault] });
    await expect(planMigrations(request, context)).rejects.toMatchObject({ code: 'migration.empty' });
    await expect(readStatus(request, context)).rejects.toMatchObject({ details: { faults: [{}, {}] } });
  });

  it('tells the faults of pending scripts with those of the source, unless no store can be asked', async () => {
    const fault = { code: 'migration.empty', message: 'empty', where: { file: 'z' }, mend: 'mend' } as const;
    const broken = makeDraft({
      version: '20250101000003',
      name: 'bad',
      connection: 'core',
      schema: 'core',
      up: ['broken'],
    });
    const context = makeContext([...drafts, broken], { sourceFaults: [fault] });
    await expect(planMigrations(request, context)).rejects.toMatchObject({
      details: { faults: [{ code: 'migration.unparseable' }, { code: 'migration.empty' }] },
    });
    const storeOf = (): never => {
      throw new BfmError('target.unreachable', { message: 'nobody there' });
    };
    await expect(planMigrations(request, { ...context, storeOf })).rejects.toMatchObject({
      details: { faults: [{ code: 'migration.empty' }] },
    });
  });

  it('refuses a connection that is not configured, naming the variables that would configure it', async () => {
    const context = makeContext(drafts, { connections: new Map() });
    await expect(planMigrations(request, context)).rejects.toMatchObject({
      code: 'connection.not_found',
      next: expect.stringContaining('CORE_BACKEND') as unknown,
    });
  });

  it('refuses to take a ledger of other connections only for an empty one', async () => {
    const context = makeContext(drafts);
    await applyPlan(await planMigrations(request, context), APPLY, context);
    const renamed = [
      makeDraft({ version: '20250101000001', name: 'orgs', connection: 'renamed', schema: 'core' }),
    ];
    const store = context.storeOf(makeConnection(connectionName('core')));
    const other = makeContext(renamed, { storeOf: () => store });
    await expect(planMigrations(request, other)).rejects.toMatchObject({ code: 'ledger.other_connection' });
  });

  it('refuses dynamic migrations that are named without a schema to run in', async () => {
    const context = makeContext(drafts);
    const named = makePlanRequest({ connections: [connectionName('tenant')] });
    await expect(planMigrations(named, context)).rejects.toMatchObject({ code: 'request.schema_required' });
  });

  it('sees what a dependent tenant would lose before rolling back', async () => {
    const context = makeContext(drafts);
    await applyPlan(
      await planMigrations(makePlanRequest({ schemas: schemas('t1') }), context),
      APPLY,
      context,
    );
    const down = makePlanRequest({ direction: 'down', all: true });
    await expect(planMigrations(down, context)).rejects.toMatchObject({
      code: 'rollback.dependents',
      message: expect.stringContaining('tenant/t1') as unknown,
    });
  });
});

describe('rolling back', () => {
  it('sees dependents of a connection that is not configured now, as long as its ledger is at hand', async () => {
    const context = makeContext(drafts);
    await applyPlan(
      await planMigrations(makePlanRequest({ schemas: schemas('t1') }), context),
      APPLY,
      context,
    );
    const core = connectionName('core');
    const only: ServiceContext = { ...context, connections: new Map([[core, makeConnection(core)]]) };
    const down = makePlanRequest({ direction: 'down', all: true, connections: [core] });
    await expect(planMigrations(down, only)).rejects.toMatchObject({ code: 'rollback.dependents' });
  });
});

describe('status', () => {
  it('tells of fixed schemas, and of the tenants a ledger knows', async () => {
    const context = makeContext(drafts);
    await applyPlan(
      await planMigrations(makePlanRequest({ schemas: schemas('t1') }), context),
      APPLY,
      context,
    );
    expect(written(presentStatus(await readStatus(request, context), []))).toMatchObject({
      targets: [
        {
          connection: 'core',
          schema: 'core',
          applied: 1,
          pending: ['20250101000002_users_postgresql_core'],
          reachable: true,
        },
        { connection: 'tenant', schema: 't1', applied: 1, pending: [] },
      ],
    });
  });

  it('tells of a store that cannot be read, also when its tenants are not known', async () => {
    const down = new BfmError('target.unreachable', { message: 'down' });
    const store = new MemoryStore();
    store.inspect = () => Promise.reject(down);
    const context = makeContext(drafts, { storeOf: () => store });
    expect(written(presentStatus(await readStatus(request, context), []))).toMatchObject({
      targets: [
        { connection: 'core', schema: 'core', reachable: false, error: { code: 'target.unreachable' } },
        { connection: 'tenant', schema: null, reachable: false },
      ],
    });
  });

  it('tells which pending migration failed last time', async () => {
    const store = new MemoryStore('memory', (sql) => (sql === 'do users' ? 'failed' : 'ok'));
    const context = makeContext(drafts, { storeOf: () => store });
    const result = await applyPlan(await planMigrations(request, context), APPLY, context);
    expect(runExitCode(result)).toBe(1);
    expect(await readStatus(request, context)).toMatchObject([
      { failed: ['20250101000002_users_postgresql_core'] },
    ]);
  });
});

describe('history', () => {
  it('gives pages, newest first, until the last', async () => {
    const context = makeContext(drafts);
    await applyPlan(await planMigrations(request, context), APPLY, context);
    const all = { connections: [], schemas: [], migrations: [], cursor: null };
    const first = await readHistory({ ...all, limit: 1 }, context);
    expect(first.entries.map(({ migrationId }) => migrationId)).toEqual([
      '20250101000002_users_postgresql_core',
    ]);
    expect(first.next).not.toBeNull();
    expect((await readHistory({ ...all, limit: 5 }, context)).next).toBeNull();
  });

  it.each(['nonsense', '1@', '@x', '1@%zz'])('refuses the cursor %j', async (cursor) => {
    const asked = { connections: [], schemas: [], migrations: [], limit: 1, cursor };
    await expect(readHistory(asked, makeContext(drafts))).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('tenants', () => {
  it('come from the query of each connection that has one', async () => {
    const tenants = { connection: connectionName('core'), query: 'SELECT t1 t2 t1' };
    const name = connectionName('tenant');
    const context = makeContext(drafts);
    const connections = new Map(context.connections).set(name, makeConnection(name, { tenants }));
    expect(await listTenants([], { ...context, connections })).toEqual(['t1', 't2']);
    await expect(listTenants([connectionName('core')], { ...context, connections })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('are told of when the query fails', async () => {
    const name = connectionName('core');
    const store = new MemoryStore();
    store.querySchemas = () => Promise.reject(new Error('relation does not exist'));
    const connections = new Map([
      [name, makeConnection(name, { tenants: { connection: name, query: 'SELECT x' } })],
    ]);
    const context = makeContext(drafts, { storeOf: () => store, connections });
    await expect(listTenants([], context)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('are refused by name when a query gives a name that cannot be one', async () => {
    const name = connectionName('core');
    const tenants = { connection: name, query: `SELECT pg_bad ok ${'x'.repeat(64)}` };
    const context = makeContext(drafts);
    const connections = new Map(context.connections).set(name, makeConnection(name, { tenants }));
    await expect(listTenants([], { ...context, connections })).rejects.toMatchObject({
      code: 'name.invalid',
      message: expect.stringMatching(/2 schema names.*pg_bad.*64 bytes/) as unknown,
    });
  });
});

describe('looking migrations up', () => {
  const { catalog } = makeContext([
    ...drafts,
    makeDraft({ version: '20250103000001', name: 'orgs', connection: 'tenant', schema: null }),
  ]);

  it.each(['20250101000001_orgs_postgresql_core', 'core/orgs', 'core/20250101000001', '20250101000001_orgs'])(
    'finds %s',
    (text) => {
      expect(resolveMigrations([text], catalog)).toEqual(['20250101000001_orgs_postgresql_core']);
    },
  );

  it('refuses what fits nothing, and what fits several', () => {
    expect(() => resolveMigrations(['nothing'], catalog)).toThrow(
      expect.objectContaining({ code: 'migration.not_found' }),
    );
    expect(() => resolveMigrations(['orgs'], catalog)).toThrow(
      expect.objectContaining({ code: 'request.invalid' }),
    );
  });
});

/** As whoever reads the document gets it. */
function written(document: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(document));
}

function schemas(...texts: string[]): SchemaName[] {
  return texts.map((text) => {
    const result = parseSchemaName(text);
    if (!result.ok) throw new Error(result.reason);
    return result.name;
  });
}
