import type { V1Execution, V1State } from '@bfm/engine';
import { buildCatalog } from '@bfm/engine';
import { makeDraft } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { countOtherBackends, resolveRows } from './resolve-rows.ts';

const { catalog } = buildCatalog(
  [
    makeDraft({ version: '20250101000001', name: 'create_users', connection: 'core', schema: 'shop' }),
    makeDraft({ version: '20250101000002', name: 'add_rollback_table', connection: 'tenant', schema: null }),
  ],
  { defaultSchemas: new Map() },
);
const USERS = '20250101000001_create_users_postgresql_core';
const ORDERS = '20250101000002_add_rollback_table_postgresql_tenant';

const row = (migrationId: string, schema: string, status = 'applied'): V1Execution => ({
  migrationId,
  schema,
  connection: 'tenant',
  backend: 'postgresql',
  status,
  applied: status === 'applied',
  appliedAt: null,
});
const state = (parts: Partial<V1State>): V1State => ({ listed: [], executions: [], history: [], ...parts });

const resolve = (parts: Partial<V1State>) => {
  const { targets, gone, misplaced } = resolveRows(state(parts), catalog);
  const said = [...targets].flatMap(([key, { facts }]) =>
    [...facts].map(([id, { executions, phantoms, listed }]) => [
      `${key} ${id === USERS ? 'users' : 'orders'}`,
      executions.map(({ status }) => status),
      phantoms.length,
      listed,
    ]),
  );
  return { said, gone: [...gone], misplaced: misplaced.map(({ schema }) => schema) };
};

describe('the rows of a state', () => {
  it('belong to the target whose schema they name', () => {
    expect(
      resolve({ executions: [row(USERS, 'shop'), row(ORDERS, 'cli_42'), row(ORDERS, 'Cli_42')] }).said,
    ).toEqual([
      ['core/shop users', ['applied'], 0, null],
      ['tenant/cli_42 orders', ['applied'], 0, null],
      ['tenant/Cli_42 orders', ['applied'], 0, null],
    ]);
  });

  it.each([
    [`cli_42_${ORDERS}`, ''],
    [ORDERS.toUpperCase(), 'cli_42'],
    ['20250101000002_add_rollback_table', 'cli_42'],
    ['cli_42_tenant_20250101000002_add_rollback_table', ''],
    [`org1_other_${ORDERS}`, 'cli_42'],
  ])('%s in "%s" names the same', (id, schema) => {
    expect(resolve({ executions: [row(id, schema)] }).said).toEqual([
      ['tenant/cli_42 orders', ['applied'], 0, null],
    ]);
  });

  it('of older releases name several schemas at once', () => {
    expect(resolve({ executions: [row(ORDERS, 'a, b')] }).said.map(([key]) => key)).toEqual([
      'tenant/a orders',
      'tenant/b orders',
    ]);
  });

  it('that end in _down or _rollback are phantoms of what was rolled back', () => {
    expect(
      resolve({
        executions: [
          row(ORDERS, 'a'),
          row(`${ORDERS}_down`, 'a', 'pending'),
          row(`${ORDERS}_down`, 'b', 'failed'),
        ],
      }).said,
    ).toEqual([
      ['tenant/a orders', ['applied'], 1, null],
      ['tenant/b orders', [], 0, null],
    ]);
    expect(resolve({ executions: [row('20240101000000_gone_postgresql_core_down', 'a')] }).gone).toEqual([]);
  });

  it('of the list count for fixed migrations that nothing else speaks of', () => {
    expect(resolve({ listed: [row(USERS, ''), row(ORDERS, 'a')] }).said).toEqual([
      ['core/shop users', [], 0, 'applied'],
    ]);
    expect(resolve({ executions: [row(USERS, 'shop', 'pending')], listed: [row(USERS, '')] }).said).toEqual([
      ['core/shop users', ['pending'], 0, null],
    ]);
  });

  it('that fit nowhere are told', () => {
    const found = resolve({
      executions: [
        row('20240101000000_gone_postgresql_core', 'a'),
        row(USERS, 'elsewhere'),
        row(ORDERS, ''),
        row(ORDERS, 'pg_x'),
      ],
    });
    expect(found).toEqual({
      said: [],
      gone: ['20240101000000_gone_postgresql_core'],
      misplaced: ['elsewhere', '', 'pg_x'],
    });
  });

  it('of other kinds of store are counted', () => {
    const other = { ...row('x', 'a'), connection: 'logs', backend: 'greptimedb' };
    expect([...countOtherBackends(state({ executions: [other, other, row(ORDERS, 'a')] }))]).toEqual([
      ['logs (greptimedb)', 2],
    ]);
  });
});
