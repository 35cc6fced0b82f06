import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, REFERENCE_SFM, runBfm } from '../support/bfm.ts';

/** The last version before incident events got a column for their rule. */
const BEFORE = '20250923090000';
const EVENTS = 1_200;

const OLD_ROWS = `
  INSERT INTO cli_0b.alert_rules (environment_id, name, signal, query, comparison, threshold)
  VALUES (gen_random_uuid(), 'Slow', 'traces', 'p99', '>', 1), (gen_random_uuid(), 'Silent', 'logs', 'count', '<', 1);
  INSERT INTO cli_0b.incidents (alert_rule_id, title, severity) SELECT alert_rule_id, name, 'info' FROM cli_0b.alert_rules;
  INSERT INTO cli_0b.incident_events (incident_id, kind)
  SELECT incident_id, 'commented' FROM cli_0b.incidents, generate_series(1, ${String(EVENTS / 2 - 1)})`;

const EVENTS_BY_RULE = `
  SELECT name, count(*)::int AS events FROM cli_0b.incident_events JOIN cli_0b.alert_rules USING (alert_rule_id)
  GROUP BY name ORDER BY name`;

describe.each(POSTGRES_MAJORS)('a tenant with old rows on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const environment = connectionsTo(db.url, 'core', 'guard', 'organization');

  beforeAll(() => {
    buildCli();
  });

  async function bfm(...args: readonly string[]): Promise<void> {
    const schemas = ['core', 'guard', 'cli_0b'].flatMap((schema) => ['--schema', schema]);
    const end = await runBfm([...args, '--yes', '--sfm', REFERENCE_SFM, ...schemas], environment);
    expect(end.stderr + end.stdout).not.toMatch(/error\[/);
    expect(end.code).toBe(0);
  }

  it('has its column filled in batches, required and indexed, and goes back without losing a row', async () => {
    await bfm('up', '--to', BEFORE);
    await db.query(OLD_ROWS);
    await bfm('up');
    expect(await db.query(EVENTS_BY_RULE)).toEqual([
      { name: 'Silent', events: EVENTS / 2 },
      { name: 'Slow', events: EVENTS / 2 },
    ]);
    const broken = `UPDATE cli_0b.incident_events SET alert_rule_id = gen_random_uuid()`;
    await expect(db.query(broken)).rejects.toMatchObject({
      constraint: 'incident_events_incident_rule_fkey',
    });
    await bfm('down', '--to', BEFORE);
    const left = await db.query('SELECT count(*)::int AS events FROM cli_0b.incident_events');
    expect(left).toEqual([{ events: EVENTS }]);
  });
});
