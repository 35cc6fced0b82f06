import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../support/bfm.ts';
import { bfm } from './support/cli.ts';
import { describeFailures } from './support/describe-failures.ts';
import { alike, describeRefusals, type Refused } from './support/describe-refusals.ts';
import { makeTree, upFile } from './support/migration-tree.ts';

const OWN = {
  code: 'migration.forbidden_statement',
  says: "schemas bfm and bfm_lock are BFM's own; no migration may touch them",
  mend: 'use another schema',
} as const;

describeRefusals('I13: BFM guards its own', [
  ...alike(OWN, [
    ['LOCK TABLE', 'SELECT 1;\nLOCK TABLE bfm.ledger;', '2:1', 'LOCK TABLE bfm.ledger;'],
    ['DROP SCHEMA', 'DROP SCHEMA bfm CASCADE', '1:1', 'DROP SCHEMA bfm CASCADE'],
    ['DROP TABLE', 'DROP TABLE IF EXISTS x, "bfm"."ledger"', '1:1', 'DROP TABLE IF EXISTS x, "bfm"."ledger"'],
    ['DELETE', 'DELETE FROM bfm.event', '1:1', 'DELETE FROM bfm.event'],
    [
      'UPDATE in a WITH',
      'WITH x AS (UPDATE bfm.scope SET fence_token = 1) SELECT 1',
      '1:1',
      'WITH x AS (UPDATE bfm.scope SET fence_token = 1) SELECT 1',
    ],
    [
      'GRANT',
      'GRANT ALL ON ALL TABLES IN SCHEMA bfm TO PUBLIC',
      '1:1',
      'GRANT ALL ON ALL TABLES IN SCHEMA bfm TO PUBLIC',
    ],
    ['ALTER SCHEMA', 'ALTER SCHEMA bfm RENAME TO old', '1:1', 'ALTER SCHEMA bfm RENAME TO old'],
    [
      'a trigger',
      'CREATE TRIGGER t AFTER INSERT ON bfm.ledger EXECUTE FUNCTION f()',
      '1:1',
      'CREATE TRIGGER t AFTER INSERT ON bfm.ledger EXECUTE FUNCTION f()',
    ],
    ['search_path', 'SET search_path = bfm', '1:1', 'SET search_path = bfm'],
  ]),
  ...alike(
    {
      code: 'migration.forbidden_statement',
      says: 'DISCARD ALL would give back the lock',
      mend: 'take it out: BFM resets the session',
    },
    [['DISCARD ALL', '\nDISCARD ALL;', '2:1', 'DISCARD ALL;']],
  ),
]);

function left(reset: string): Pick<Refused, 'code' | 'says' | 'mend'> {
  const says = 'another role is left in force at the end of the file';
  return { code: 'migration.role_left', says, mend: `write ${reset}; at the end` };
}

describeRefusals('I13: a role that is left in force', [
  ...alike(left('RESET ROLE'), [
    ['SET ROLE', 'SELECT 1;\nSET ROLE pg_monitor;\nSELECT 2;', '2:1', 'SET ROLE pg_monitor;'],
    ['SET LOCAL ROLE', 'SET LOCAL ROLE pg_monitor', '1:1', 'SET LOCAL ROLE pg_monitor'],
    ['set again after a reset', 'SET ROLE a; RESET ROLE;\nSET role TO b', '2:1', 'SET role TO b'],
    ['RESET ALL, which leaves the role', 'SET ROLE a; RESET ALL', '1:1', 'SET ROLE a; RESET ALL'],
  ]),
  ...alike(left('RESET SESSION AUTHORIZATION'), [
    [
      'SET SESSION AUTHORIZATION',
      'SET SESSION AUTHORIZATION pg_monitor;\nRESET ROLE;',
      '1:1',
      'SET SESSION AUTHORIZATION pg_monitor;',
    ],
  ]),
]);

/** What a migration may do to its session, by name. */
const HOSTILE: Readonly<Record<string, string>> = {
  nothing: 'SELECT 1',
  'SET search_path': 'SET search_path = pg_catalog',
  'SET ROLE and back': 'SET ROLE pg_monitor; SELECT 1; RESET ROLE',
  'SET SESSION AUTHORIZATION and back':
    'SET SESSION AUTHORIZATION pg_monitor; SET ROLE NONE; SET SESSION AUTHORIZATION DEFAULT',
  'SET lock_timeout and others':
    "SET lock_timeout = 1; SET statement_timeout = '7min'; SET TimeZone = 'Asia/Tokyo'",
  'SET ... of its own': "SET my.setting = 'left'",
  'RESET ALL': 'RESET ALL',
  'SET CONSTRAINTS': 'SET CONSTRAINTS ALL DEFERRED',
  'SET SESSION CHARACTERISTICS': 'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
  'pg_advisory_unlock_all()': 'SELECT pg_advisory_unlock_all()',
  LISTEN: 'LISTEN something',
  'a temporary table': 'CREATE TEMPORARY TABLE seen (x int)',
  'a prepared statement': 'PREPARE left_behind AS SELECT 1',
  'a cursor that holds': 'DECLARE c CURSOR WITH HOLD FOR SELECT 1',
  'a sequence that was asked': "CREATE SEQUENCE s; SELECT nextval('s')",
};

// What the next migration sees; a table, so that a temporary one of the same name would be in its way.
const LOOK = `CREATE TABLE seen (what jsonb); INSERT INTO seen SELECT jsonb_build_object(
  'search_path', current_setting('search_path'), 'user', current_user, 'session', session_user,
  'lock', current_setting('lock_timeout'), 'statement', current_setting('statement_timeout'),
  'zone', current_setting('TimeZone'), 'own', coalesce(current_setting('my.setting', true), ''),
  'read_only', current_setting('transaction_read_only'),
  'prepared', (SELECT count(*) FROM pg_prepared_statements WHERE name = 'left_behind'),
  'cursors', (SELECT count(*) FROM pg_cursors), 'where', (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'seen'::regclass));
  DO $$ BEGIN PERFORM lastval(); RAISE 'lastval is known'; EXCEPTION WHEN object_not_in_prerequisite_state THEN END $$;`;

describe.each(['per-migration', 'per-target'])(
  'I13: what a migration does to its session is gone in the next, with one commit %s',
  async (commit) => {
    const db = await useTestDatabase(18);
    const names = Object.keys(HOSTILE);
    let up: BfmEnd;

    beforeAll(async () => {
      buildCli();
      const files = names.flatMap((name, index): [string, string][] => [
        [upFile(2 * index), `-- bfm: schema=s${index}\n${HOSTILE[name] ?? ''};\n`],
        [upFile(2 * index + 1), `-- bfm: schema=s${index}\n${LOOK}\n`],
      ]);
      using tree = makeTree(Object.fromEntries(files));
      up = await bfm({ db, tree }, 'up', '--json', '--concurrency', '1', '--commit', commit);
    });

    it('every migration is applied', () => {
      const { steps } = JSON.parse(up.stdout) as { steps: readonly { outcome: string; schema: string }[] };
      expect(steps.filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
    });

    it.each(names.map((name, index) => [name, index] as const))('%s', async (_, index) => {
      const [first] = await db.query<{ what: Record<string, unknown> }>('SELECT what FROM s0.seen');
      const [row] = await db.query<{ what: Record<string, unknown> }>(`SELECT what FROM s${index}.seen`);
      expect(first?.what).toMatchObject({ search_path: '"s0", public', where: 's0' });
      expect(row?.what).toEqual({ ...first?.what, search_path: `"s${index}", public`, where: `s${index}` });
    });
  },
);

describeFailures('I13: what takes too long, or takes the ledger away from BFM', [
  {
    name: 'a role set by a function',
    text: "CREATE TABLE t (a int);\nSELECT set_config('role', 'pg_monitor', false);",
    at: '',
    code: 'step.failed',
    sqlstate: '42501',
    says: 'permission denied for schema bfm',
    next: 'a migration that sets a role ends in the one it began with (RESET ROLE)',
  },
  {
    name: 'pg_terminate_backend of its own connection',
    text: 'CREATE TABLE t (a int);\nSELECT pg_terminate_backend(pg_backend_pid());',
    at: '2:1',
    code: 'step.failed',
    sqlstate: '57P01',
    says: 'so it went 3 times, and the ledger says that it is not applied',
    next: "look into the server's log",
  },
  {
    name: 'SET TRANSACTION READ ONLY',
    text: 'CREATE TABLE t (a int);\nSET TRANSACTION READ ONLY;',
    at: '',
    code: 'step.failed',
    sqlstate: '25006',
    says: 'read-only transaction',
    next: 'take SET TRANSACTION READ ONLY out',
  },
  {
    name: 'pg_sleep(1e6) under a statement timeout',
    text: '-- bfm: statement-timeout=300ms\nCREATE TABLE t (a int);\nSELECT pg_sleep(1e6);',
    at: '3:1',
    code: 'step.timeout',
    sqlstate: '57014',
    says: 'canceling statement due to statement timeout',
    next: '-- bfm: statement-timeout=',
  },
]);
