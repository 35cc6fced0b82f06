import { expect, it } from 'vitest';
import {
  catalogOf,
  colouredLook,
  connection,
  group,
  plan,
  plainLook,
  schema,
  shown,
  step,
} from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { planView, warningsView } from './plan-view.ts';
import { nothingToDo } from './skips-view.ts';

const CREATE = step('20250101000000', 'create_users', [
  'CREATE TABLE {{.Schema}}.users (\n\tid int\n)',
  "COMMENT ON TABLE users IS 'People.'",
]);
const INDEX = {
  ...step('20250102000000', 'add_index', ['CREATE INDEX CONCURRENTLY ON users (id)']),
  kind: 'resumable' as const,
  reason: 'dependency' as const,
  execution: { ...CREATE.execution, transaction: 'none' as const, lockTimeoutMs: 2000 },
};
const DROP = { ...step('20250103000000', 'drop_old', ['DROP TABLE old']), kind: 'irreversible' as const };
const STEPS = [CREATE, INDEX, DROP];
const context = { catalog: catalogOf(STEPS, null), pathOf: (file: string) => `sfm/${file}`, sql: true };

it('shows one target with its placeholders filled', () => {
  const one = plan([
    { ...group(['core'], STEPS), targets: [{ schema: schema('core'), createSchema: true }] },
  ]);
  expect(shown(planView(one, { ...context, catalog: catalogOf(STEPS, 'core') }, plainLook(80))))
    .toMatchInlineSnapshot(`
      "Plan: apply 3 migrations on 1 target
        1 migration without a way back (no down file)

      core/core (fixed)
        creates this schema
        20250101000000 create_users  [atomic]
          sfm/postgresql/core/20250101000000_create_users.up.sql
            CREATE TABLE "core".users (
                id int
            );
            COMMENT ON TABLE users IS 'People.';

        20250102000000 add_index  [resumable, needed by another]
          sfm/postgresql/core/20250102000000_add_index.up.sql
          no transaction, lock timeout 2 s
            CREATE INDEX CONCURRENTLY ON users (id);

        20250103000000 drop_old  [irreversible]
          sfm/postgresql/core/20250103000000_drop_old.up.sql
            DROP TABLE old;

      digest 0123456789ab
             0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    `);
});

it('shows the SQL of a group of tenants once, and what is left out', () => {
  const schemas = Array.from({ length: 40 }, (_, index) => `cli_${index}`);
  const many = plan([group(schemas, [CREATE])], {
    skips: [
      { connection: connection('logs'), schema: null, reason: 'schema_required', migrations: 5 },
      { connection: connection('core'), schema: schema('cli_gone'), reason: 'schema_missing', migrations: 1 },
    ],
    warnings: [
      {
        code: 'source.ignored',
        message: 'notes.txt is not read',
        where: { file: 'postgresql/core/notes.txt' },
        mend: '',
      },
    ],
  });
  expect(shown(planView(many, context, plainLook(80)))).toMatchInlineSnapshot(`
    "Plan: apply 1 migration on 40 targets (40 steps)

    core: 40 schemas: cli_0, cli_1, cli_2, cli_3, cli_4, cli_5 and 34 more (dynamic)
      20250101000000 create_users  [atomic]
        sfm/postgresql/core/20250101000000_create_users.up.sql
          CREATE TABLE {{.Schema}}.users (
              id int
          );
          COMMENT ON TABLE users IS 'People.';

    – left out: 5 dynamic migrations of logs: no schema was named
      add --schema NAME, --schemas-from FILE or --all-tenants
    – skipped: 1 listed schema that does not exist
      core/cli_gone
      add --create-schemas to create it
    warning[source.ignored]: notes.txt is not read (sfm/postgresql/core/notes.txt)

    digest 0123456789ab
           0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  `);
});

it('tells oddities of migrations that are planned, not of those applied long ago', () => {
  const odd = (name: string) => ({
    code: 'source.suspicious' as const,
    message: `the version of ${name} is no date`,
    where: { file: `postgresql/core/${name}.up.sql` },
    mend: '',
  });
  const warnings = [odd('20250101000000_create_users'), odd('20240101000000_old')];
  const lines = warningsView(plan([group(['core'], [CREATE])], { warnings }), context, plainLook(200));
  expect(lines).toEqual([
    'warning[source.suspicious]: the version of 20250101000000_create_users is no date (sfm/postgresql/core/20250101000000_create_users.up.sql)',
  ]);
});

it('keeps within 80 columns, but for statements and paths', () => {
  const lines = planView(
    plan([group(['x'.repeat(63), 'y'.repeat(63)], STEPS)]),
    { ...context, sql: false },
    plainLook(80),
  );
  expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
});

it('shows no SQL when asked not to, and is coloured', () => {
  const lines = planView(plan([group(['a', 'b'], STEPS)]), { ...context, sql: false }, colouredLook(200));
  expect(shown(lines)).toMatchInlineSnapshot(`
    "‹1›Plan: apply 3 migrations on 2 targets (6 steps)‹22›
    ‹33›  1 migration without a way back (no down file)‹39›

    ‹1›‹36›core: 2 schemas: a, b‹39›‹22› ‹2›(dynamic)‹22›
      20250101000000 ‹1›create_users‹22›  ‹2›[‹22›atomic‹2›]‹22›
      20250102000000 ‹1›add_index‹22›  ‹2›[‹22›‹33›resumable‹39›, needed by another‹2›]‹22›
      20250103000000 ‹1›drop_old‹22›  ‹2›[‹22›‹33›irreversible‹39›‹2›]‹22›

    ‹2›digest‹22› 0123456789ab ‹2›(0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef)‹22›"
  `);
});

it('lets no statement or name write to the terminal', () => {
  const nasty = step('20250101000000', 'x', ["SELECT '\u001b[2J'"]);
  const lines = planView(plan([group(['a\u001b[31m'], [nasty])]), context, plainLook(80));
  expect(lines.join('\n')).not.toContain('\u001b');
});

it('says that there is nothing to do, and on how many targets', () => {
  const skip = (name: string) => ({
    connection: connection('core'),
    schema: schema(name),
    reason: 'up_to_date' as const,
    migrations: 3,
  });
  const idle = plan([], { skips: [skip('a'), skip('b'), skip('b')] });
  expect(nothingToDo(idle, plainLook(80))).toEqual(['✓ Nothing to do: 2 targets up to date.']);
  expect(nothingToDo(plan([], { direction: 'down' }), plainLook(80))).toEqual([
    '– Nothing to do: nothing was selected.',
  ]);
});

it('shows the beginning of a statement with megabytes of rows, and two hundred thousand statements', () => {
  const long = step('20250104000000', 'seed', [`INSERT INTO t VALUES\n${'(1),\n'.repeat(400_000)}(1)`]);
  const lines = planView(
    plan([group(['core'], [long])]),
    { ...context, catalog: catalogOf([long], null) },
    plainLook(80),
  );
  expect(lines.length).toBeLessThan(11_000);
  expect(lines.join('\n')).toContain('… and 1,950,024 more characters; --json has them');
  const many = step(
    '20250104000000',
    'seed',
    Array.from({ length: 200_000 }, () => 'SELECT 1'),
  );
  const view = planView(
    plan([group(['core'], [many])]),
    { ...context, catalog: catalogOf([many], null) },
    plainLook(80),
  );
  expect(view.length).toBeGreaterThan(200_000);
});
