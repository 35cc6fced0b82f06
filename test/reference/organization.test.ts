import { POSTGRES_MAJORS, useTestDatabase, type TestDatabase } from '@bfm/testing';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, REFERENCE_SFM, runBfm } from '../support/bfm.ts';

const TENANT = 'cli_0a';
const SERVICE = '00000000-0000-4000-8000-000000000001';
const RULE = '00000000-0000-4000-8000-000000000002';
const DASHBOARD = '00000000-0000-4000-8000-000000000003';
const SOMEBODY = '00000000-0000-4000-8000-000000000004';

/** Does work as a caller whose search path leads elsewhere, in a transaction that is given up. */
async function inTenant(
  db: TestDatabase,
  work: (run: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<void>,
): Promise<void> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  try {
    await client.query(`BEGIN; SET LOCAL search_path = pg_catalog; ${ROWS}`);
    await work(async (sql) => {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    });
  } finally {
    await client.end();
  }
}

const ROWS = `
  INSERT INTO cli_0a.apm_services (apm_service_id, namespace, name) VALUES ('${SERVICE}', 'shop', 'Orders');
  INSERT INTO cli_0a.alert_rules (alert_rule_id, environment_id, name, signal, query, comparison, threshold, labels)
  VALUES ('${RULE}', gen_random_uuid(), 'Slow', 'traces', 'p99', '>', 1, '{"team": "orders"}');
  INSERT INTO cli_0a.dashboards (dashboard_id, title, slug) VALUES ('${DASHBOARD}', 'Orders', 'orders')`;

describe.each(POSTGRES_MAJORS)('a tenant schema of the reference tree on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  beforeAll(async () => {
    buildCli();
    const environment = connectionsTo(db.url, 'core', 'guard', 'organization');
    const everywhere = ['core', 'guard', TENANT].flatMap((schema) => ['--schema', schema]);
    const end = await runBfm(['up', '--sfm', REFERENCE_SFM, ...everywhere], environment);
    expect(end.stderr).toBe('');
    expect(end.code).toBe(0);
  });

  it('writes the timeline of an incident, whatever the search path of who changes it', async () => {
    await inTenant(db, async (run) => {
      await run(
        `INSERT INTO cli_0a.incidents (alert_rule_id, title, severity) VALUES ('${RULE}', 'Slow', 'critical')`,
      );
      await run(`UPDATE cli_0a.incidents SET assigned_to = '${SOMEBODY}'`);
      await run(`UPDATE cli_0a.incidents SET status = 'resolved', resolved_at = now()`);
      const events = await run('SELECT kind, body FROM cli_0a.incident_events ORDER BY incident_event_id');
      expect(events).toEqual([
        { kind: 'opened', body: 'Slow' },
        { kind: 'assigned', body: SOMEBODY },
        { kind: 'resolved', body: '' },
      ]);
    });
  });

  it('silences a rule by itself or by its labels, and only for a time', async () => {
    await inTenant(db, async (run) => {
      const silence = `INSERT INTO cli_0a.alert_silences (matchers, starts_at, ends_at, reason) VALUES`;
      await run(`${silence} ('{"team": "other"}', '2026-01-01', '2026-01-03', 'no match')`);
      await run(`${silence} ('{"team": "orders"}', '2026-01-02', '2026-01-03', 'match')`);
      const rows = await run(`
        SELECT cli_0a.is_alert_silenced('${RULE}', '2026-01-01') AS before,
               cli_0a.is_alert_silenced('${RULE}', '2026-01-02') AS during,
               cli_0a.is_alert_silenced('${RULE}', '2026-01-03') AS after`);
      expect(rows).toEqual([{ before: false, during: true, after: false }]);
    });
  });

  it.each([
    [
      'two maintenance windows at a time',
      'maintenance_windows_period_excl',
      `
      INSERT INTO cli_0a.maintenance_windows (title, period)
      VALUES ('a', '[2026-01-01, 2026-01-03)'), ('b', '[2026-01-02, 2026-01-04)')`,
    ],
    [
      'two budgets for all of it at a time',
      'cost_budgets_environment_excl',
      `
      INSERT INTO cli_0a.cost_budgets (name, amount, valid_during)
      VALUES ('a', 5, '[2026-01-01, 2026-02-01)'), ('b', 6, '[2026-01-31, 2026-03-01)')`,
    ],
    [
      'an endpoint of another service',
      'slos_endpoint_fkey',
      `
      INSERT INTO cli_0a.slos (apm_service_id, apm_endpoint_id, name, kind, target)
      VALUES ('${SERVICE}', gen_random_uuid(), 'up', 'availability', 0.99)`,
    ],
    [
      'a silence of everything',
      'alert_silences_scope_check',
      `
      INSERT INTO cli_0a.alert_silences (starts_at, ends_at, reason) VALUES ('2026-01-01', '2026-01-02', 'quiet')`,
    ],
    [
      'two costs of the same thing',
      'cost_allocations_2025_08_usage_day',
      `
      INSERT INTO cli_0a.cost_allocations (usage_day, signal, resource, quantity, unit_price)
      VALUES ('2025-08-05', 'logs', 'ingest', 1, 2), ('2025-08-05', 'logs', 'ingest', 3, 4)`,
    ],
    [
      'a dashboard of 101 panels',
      'dashboard_panels_count_check',
      `
      INSERT INTO cli_0a.dashboard_panels (dashboard_id, sort_order, kind)
      SELECT '${DASHBOARD}', n, 'text' FROM generate_series(1, 101) AS n; SET CONSTRAINTS ALL IMMEDIATE`,
    ],
  ])('refuses %s', async (_what, constraint, sql) => {
    await inTenant(db, async (run) => {
      await expect(run(sql)).rejects.toMatchObject({
        constraint: expect.stringContaining(constraint) as string,
      });
    });
  });

  it('lets two panels change places', async () => {
    await inTenant(db, async (run) => {
      await run(`INSERT INTO cli_0a.dashboard_panels (dashboard_id, sort_order, kind)
                 VALUES ('${DASHBOARD}', 1, 'text'), ('${DASHBOARD}', 2, 'text')`);
      await run(
        'UPDATE cli_0a.dashboard_panels SET sort_order = 3 - sort_order; SET CONSTRAINTS ALL IMMEDIATE',
      );
    });
  });

  it('keeps what a dashboard was before each change', async () => {
    await inTenant(db, async (run) => {
      await run(`UPDATE cli_0a.dashboards SET title = 'Orders' WHERE slug = 'orders'`);
      await run(`UPDATE cli_0a.dashboards SET title = 'All orders' WHERE slug = 'orders'`);
      expect(await run('SELECT revision, title FROM cli_0a.dashboard_revisions')).toEqual([
        { revision: 1, title: 'Orders' },
      ]);
      expect(await run('SELECT revision FROM cli_0a.dashboards')).toEqual([{ revision: 2 }]);
    });
  });

  it('makes the partitions that are missing, and keeps rows of other months', async () => {
    await inTenant(db, async (run) => {
      const make = `SELECT cli_0a.create_month_partitions('cli_0a.cost_allocations', '2026-01-15', 3) AS made`;
      expect(await run(make)).toEqual([{ made: 2 }]);
      expect(await run(make)).toEqual([{ made: 0 }]);
      await run(`INSERT INTO cli_0a.cost_allocations (usage_day, signal, resource, quantity, unit_price)
                 VALUES ('2026-03-31', 'logs', 'ingest', 1.5, 2), ('2031-01-01', 'logs', 'ingest', 1, 2)`);
      const rows = await run(
        `SELECT tableoid::regclass::text AS place, amount::float8 FROM cli_0a.cost_allocations ORDER BY 1`,
      );
      expect(rows).toEqual([
        { place: 'cli_0a.cost_allocations_2026_03', amount: 3 },
        { place: 'cli_0a.cost_allocations_default', amount: 2 },
      ]);
    });
  });

  it('tells what is left of an error budget', async () => {
    await inTenant(db, async (run) => {
      await run(`INSERT INTO cli_0a.slos (slo_id, apm_service_id, name, kind, target)
                 VALUES ('${SOMEBODY}', '${SERVICE}', 'up', 'availability', 0.99)`);
      await run(`INSERT INTO cli_0a.slo_measurements (slo_id, measured_on, good_count, total_count)
                 VALUES ('${SOMEBODY}', (now() AT TIME ZONE 'UTC')::date, 9975, 10000)`);
      const rows = await run('SELECT service_name, error_budget_left::float8 FROM cli_0a.slo_status');
      expect(rows).toEqual([{ service_name: 'shop/Orders', error_budget_left: 0.75 }]);
    });
  });

  it('finds who would feel a failure, also when services call each other in a circle', async () => {
    await inTenant(db, async (run) => {
      await run(`INSERT INTO cli_0a.apm_services (name) VALUES ('a'), ('b')`);
      await run(`INSERT INTO cli_0a.apm_service_dependencies (caller_service_id, callee_service_id, protocol)
                 SELECT caller.apm_service_id, callee.apm_service_id, 'http'
                 FROM cli_0a.apm_services AS caller JOIN cli_0a.apm_services AS callee
                   ON (caller.name, callee.name) IN (('a', 'Orders'), ('b', 'a'), ('Orders', 'b'))`);
      const rows = await run(`SELECT name, hops FROM cli_0a.apm_dependents_of('${SERVICE}')
                              JOIN cli_0a.apm_services USING (apm_service_id) ORDER BY hops`);
      expect(rows).toEqual([
        { name: 'a', hops: 1 },
        { name: 'b', hops: 2 },
      ]);
    });
  });
});
