import type { ConnectionName, Migration, MigrationId, SchemaName } from '@bfm/core';
import type { LedgerExamination, ScopeRecord, StoreExamination, UnfinishedMigration } from '@bfm/engine';
import { describe, expect, it } from 'vitest';
import { diagnoseLedger } from './diagnose-ledger.ts';
import { diagnoseServer } from './diagnose-server.ts';
import { diagnoseSurroundings } from './diagnose-surroundings.ts';
import { diagnoseTargets } from './diagnose-targets.ts';
import { diagnoseUnfinished } from './diagnose-unfinished.ts';
import type { Finding } from './finding.ts';

const LEDGER: LedgerExamination = {
  format: 2,
  known: 2,
  lacking: [],
  owned: true,
  unsound: [],
  rebound: [],
  unfinished: [],
};
const WELL: StoreExamination = {
  server: { version: '18.1', major: 18, recovering: false },
  login: { name: 'app user', mayCreateSchemas: true },
  pooled: false,
  clock: { serverMs: 1_000_000, roundTripMs: 2 },
  ledger: LEDGER,
  invalidIndexes: [],
  preparedTransactions: [],
  idleTransactions: [],
};
const AROUND = { address: 'h:5432/d', nowMs: 1_000_001, saidPooled: false, connections: ['core'] };
const core = 'core' as ConnectionName;
const place = (schema: string) => ({ connection: core, schema: schema as SchemaName });

/** Code and severity of what is not well. */
const urgent = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'ok').map(({ code, severity }) => `${severity} ${code}`);

describe('a server', () => {
  const judge = (parts: Partial<StoreExamination>, around = AROUND): readonly string[] =>
    urgent(diagnoseServer({ ...WELL, ...parts }, around));

  it('is well when there is nothing to say', () => {
    expect(judge({})).toEqual([]);
  });

  it('may be too old, too new, or a standby', () => {
    const version = (major: number) => judge({ server: { version: '', major, recovering: false } });
    expect([14, 15, 18, 19].map(version)).toEqual([
      ['warning server.too_old'],
      [],
      [],
      ['info server.untried'],
    ]);
    expect(judge({ server: { version: '', major: 18, recovering: true } })).toEqual(['error server.standby']);
  });

  it('may be behind a pooler, which is well only when it was said', () => {
    expect(judge({ pooled: true })).toEqual(['warning pooler.unexpected']);
    expect(diagnoseServer({ ...WELL, pooled: true }, AROUND).at(-1)?.mend).toContain('CORE_POOLED=true');
    expect(judge({ pooled: true }, { ...AROUND, saidPooled: true })).toEqual([]);
  });

  it('may have another time, as far as the way there lets us know', () => {
    const ahead = { ...AROUND, nowMs: 1_000_000 + 7_000 };
    expect(judge({}, ahead)).toEqual(['warning clock.skew']);
    expect(judge({ clock: { serverMs: 1_000_000, roundTripMs: 3_000 } }, ahead)).toEqual([]);
    expect(judge({}, { ...AROUND, nowMs: 1_000_000 - 7_000 })).toEqual(['warning clock.skew']);
  });
});

describe('a ledger', () => {
  const judge = (ledger: Partial<LedgerExamination> | null, mayCreateSchemas = true): readonly Finding[] =>
    diagnoseLedger(
      {
        ledger: ledger === null ? null : { ...LEDGER, ...ledger },
        login: { name: 'app user', mayCreateSchemas },
      },
      'h:5432/d',
    );

  it('is made by the first up, or by somebody who may', () => {
    expect(urgent(judge(null))).toEqual(['info ledger.none']);
    expect(judge(null, false)).toMatchObject([
      {
        severity: 'error',
        code: 'login.no_schemas',
        mend: expect.stringContaining("bfm init --sql --migrator 'app user'") as unknown,
      },
    ]);
  });

  it('is upgraded by the next up when it is older, by its owner alone', () => {
    expect(urgent(judge({ format: 1 }))).toEqual(['info ledger.old_format']);
    expect(urgent(judge({ format: 1, owned: false }))).toEqual(['error ledger.old_format']);
    expect(urgent(judge({ format: 3 }))).toEqual(['error ledger.newer_format']);
  });

  it('must be ours to use, and as its digests say', () => {
    expect(urgent(judge({ lacking: ['INSERT on bfm.event'] }))).toEqual(['error ledger.rights_lacking']);
    expect(urgent(judge({ unsound: [place('a')], rebound: [place('b')] }))).toEqual([
      'error ledger.unsound',
      'info target.rebound',
    ]);
    expect(urgent(judge({}, false))).toEqual(['info login.no_schemas']);
  });
});

describe('what has not ended well', () => {
  const CATALOG = {
    byId: new Map([['m1' as MigrationId, { up: { path: 'u.sql' }, down: null } as Migration]]),
  };
  const begun: UnfinishedMigration = {
    ...place('my shop'),
    migrationId: 'm1' as MigrationId,
    status: 'started',
    statementsDone: 1,
    rowsDone: 0,
    batchesDone: 0,
    statementBegun: null,
    running: false,
    error: null,
  };
  const judge = (...parts: readonly Partial<UnfinishedMigration>[]): readonly Finding[] =>
    diagnoseUnfinished(
      parts.map((part) => ({ ...begun, ...part })),
      CATALOG,
      'h:5432/d',
    );
  const GO_ON = "bfm up --connection core --schema 'my shop'";

  it('says how far it came, why, and how it goes on', () => {
    const told = (part: Partial<UnfinishedMigration>) =>
      judge(part).map(({ code, message, mend }) => [code, message, mend]);
    expect(told({})).toEqual([
      ['migration.interrupted', 'in core/my shop: the up of m1 was interrupted after statement 1', GO_ON],
    ]);
    expect(told({ statementsDone: 0, rowsDone: 500, batchesDone: 2 })[0]?.[1]).toMatch(
      /after 500 rows in 2 batches$/,
    );
    expect(told({ statementBegun: 2 })[0]?.[1]).toMatch(/in statement 2$/);
    expect(told({ running: true })).toEqual([
      ['migration.running', 'in core/my shop: the up of m1 is under way, after statement 1', null],
    ]);
    expect(told({ error: 'm1 failed in core/my shop: no table; statement 1 stays' })).toEqual([
      [
        'migration.failed',
        'in core/my shop: m1 failed after statement 1: no table; statement 1 stays',
        `mend what it says, then go on: ${GO_ON}`,
      ],
    ]);
    expect(told({ status: 'undoing' })[0]?.[2]).toBe(
      "bfm down --connection core --schema 'my shop' --migration m1",
    );
    expect(told({ migrationId: 'gone' as MigrationId })).toEqual([]);
  });

  it('is told once for all targets where it is the same', () => {
    const failed = (schema: string): Partial<UnfinishedMigration> => ({
      ...place(schema),
      status: 'failed',
      error: `m1 failed in core/${schema}: no table`,
    });
    const schemas = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const [finding, second] = judge(...schemas.map(failed));
    expect(second).toBeUndefined();
    expect(finding?.message).toBe(
      'in core/t0, core/t1, core/t2, core/t3, core/t4 and 7 more: m1 failed last time: no table',
    );
    expect(finding?.mend).toMatch(/ --schema t9 \(and the same for 2 more schemas\)$/);
  });
});

describe('targets', () => {
  const record = (schema: string, parts: Partial<ScopeRecord> = {}): ScopeRecord => ({
    ...place(schema),
    presence: 'here',
    applied: 1,
    changedAt: null,
    retiredAt: null,
    ...parts,
  });
  const judge = (scopes: readonly ScopeRecord[]): readonly Finding[] =>
    diagnoseTargets(scopes, { configured: new Set([core]), here: [core], recreated: [] }, 'h:5432/d');

  it('are well while their schemas are there', () => {
    expect(judge([record('a'), record('b', { retiredAt: 'x', presence: 'missing' })])).toEqual([]);
    expect(judge([record('never_made', { presence: 'missing', applied: 0 })])).toEqual([]);
  });

  it('that are gone or made anew are told of at once', () => {
    expect(judge([record('a', { presence: 'missing' }), record('b', { presence: 'missing' })])).toMatchObject(
      [{ severity: 'info', mend: 'bfm repair forget-target core/a core/b --reason WHY' }],
    );
    expect(urgent(judge([record('a', { presence: 'other' })]))).toEqual(['warning target.made_anew']);
  });

  it('of connections nobody configured may be renamed or forgotten', () => {
    const old = record('a', { connection: 'old' as ConnectionName });
    expect(judge([old])).toMatchObject([
      {
        severity: 'warning',
        code: 'ledger.unknown_connection',
        mend: expect.stringMatching(
          /OLD_BACKEND.*rename-connection old core .*forget-target old\/a/,
        ) as unknown,
      },
    ]);
  });
});

it('what lies about is told of with what removes it', () => {
  const findings = diagnoseSurroundings(
    {
      ...WELL,
      invalidIndexes: [
        { schema: 'my shop' as SchemaName, index: 'i', table: 't', building: false },
        { schema: 'a' as SchemaName, index: 'j', table: 't', building: true },
      ],
      preparedTransactions: ["it's"],
      idleTransactions: [{ pid: 7, user: 'ann', application: 'psql', seconds: 99 }],
    },
    { byId: new Map() },
    'h:5432/d',
  );
  expect(urgent(findings)).toEqual([
    'warning index.invalid',
    'info index.building',
    'warning transaction.prepared',
    'warning transaction.idle',
  ]);
  const mends = findings.map(({ mend }) => mend ?? '').join('\n');
  expect(mends).toContain('DROP INDEX CONCURRENTLY "my shop"."i"');
  expect(mends).toContain("ROLLBACK PREPARED 'it''s'");
  expect(mends).toContain('pg_terminate_backend(7)');
});
