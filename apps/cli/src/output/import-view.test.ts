import type { Migration } from '@bfm/core';
import type { SchemaObject } from '@bfm/engine';
import type { ImportPlan, ImportTarget, LeftAlone, Problem } from '@bfm/service';
import { expect, it } from 'vitest';
import { catalogOf, connection, plainLook, schema, shown, step, target } from '../../test/sample.ts';
import { importView } from './import-view.ts';

const [USERS, MAIL] = catalogOf(
  [step('20250101000000', 'create_users', []), step('20250102000000', 'add_mail', [])],
  null,
).migrations as unknown as readonly [Migration, Migration];

const NOTHING_LEFT: LeftAlone = {
  gone: [],
  misplaced: [],
  otherBackends: [],
  unconfigured: [],
  unknownSchemas: [],
  leftOut: 0,
};
const EDIT = {
  kind: 'baselined',
  action: 'import-bfm',
  reason: null,
  changes: [],
  deferred: [],
  done: null,
  detail: {},
} as const;

const at = (name: string, parts: Partial<ImportTarget> = {}): ImportTarget => ({
  target: target(name),
  marked: 2,
  seen: 1,
  recorded: 0,
  pending: 0,
  settled: [],
  undecided: [],
  lost: 0,
  ...parts,
});

function planOf(targets: readonly ImportTarget[], leftAlone: Partial<LeftAlone> = {}): ImportPlan {
  const decided = targets.filter(({ marked }) => marked > 0);
  return {
    state: 'localhost:5432/migration_state',
    targets,
    edits: decided.map((each) => ({ target: each.target, edit: EDIT, catalogChecksum: null })),
    leftAlone: { ...NOTHING_LEFT, ...leftAlone },
  };
}

const column: SchemaObject = {
  kind: 'column',
  word: 'column',
  schema: null,
  of: 'users',
  name: 'mail',
  within: null,
};
const problem = (parts: Partial<Problem>): Problem => ({
  migration: USERS,
  applied: true,
  suspicion: null,
  missing: [],
  there: [],
  shown: true,
  ...parts,
});

it('shows how much is borne out by what is there', () => {
  const many = Array.from({ length: 100 }, (_, index) => at(`cli_${String(index).padStart(3, '0')}`));
  expect(shown(importView(planOf(many), plainLook(100)))).toMatchInlineSnapshot(`
    "Import: mark 200 migrations as applied on 100 targets, as the state at localhost:5432/migration_state has it

    core: 100 schemas: cli_000, cli_001, cli_002, cli_003, cli_004, cli_005, cli_006 and 93 more
      200 migrations to be marked: 100 seen in the catalog, 100 of which it shows nothing
      0 migrations pending

    The state has no checksums: those of the files as they are now are taken. Its times are taken as UTC."
  `);
});

it('names what is not decided once for all targets alike, and what is left alone', () => {
  const lie = problem({ migration: MAIL, missing: [column] });
  const suspect = problem({ suspicion: 'rolled_back', shown: false });
  const targets = [
    at('cli_1', { marked: 0, undecided: [suspect, lie] }),
    at('cli_2', { marked: 0, undecided: [lie] }),
    at('cli_3', { settled: [problem({ applied: false, there: [column] })], recorded: 1, pending: 3 }),
    at('cli_4', { marked: 0, lost: 2 }),
  ];
  const left: LeftAlone = {
    gone: Array.from({ length: 7 }, (_, index) => `2024010100000${index}_gone_postgresql_core`),
    misplaced: [{ migrationId: USERS.id, connection: connection('core'), schema: '' }],
    otherBackends: [['logs (greptimedb)', 2]],
    unconfigured: [[connection('guard'), 1]],
    unknownSchemas: [schema('new')],
    leftOut: 1,
  };
  expect(shown(importView(planOf(targets, left), plainLook(100)))).toMatchInlineSnapshot(`
    "Import: mark 2 migrations as applied on 1 target, as the state at localhost:5432/migration_state has it

    core: 4 schemas: cli_1, cli_2, cli_3, cli_4
      2 migrations to be marked: 4 seen in the catalog, -2 of which it shows nothing
      1 migration recorded in the ledger already, which counts
      3 migrations pending

    decided by --trust:
      20250101000000_create_users_postgresql_core is not applied in core/cli_3 by the state's last word; there: column users.mail

    not decided:
      20250101000000_create_users_postgresql_core is applied in core/cli_1 by the state's last word; it was rolled back there once, after which a Go BFM may leave "applied" behind; the catalog does not show whether it ran
      20250102000000_add_mail_postgresql_core is applied in core/cli_1, core/cli_2 by the state's last word; not there: column users.mail

    said to have migrations, and not there:
      core/cli_4

    left alone:
      – no file: 20240101000000_gone_postgresql_core, 20240101000001_gone_postgresql_core, 20240101000002_gone_postgresql_core, 20240101000003_gone_postgresql_core, 20240101000004_gone_postgresql_core and 2 more
      – ran where it does not run here: 20250101000000_create_users_postgresql_core in no schema
      – other kinds of store: logs (greptimedb), 2 rows
      – not configured: guard, 1 target
      – the state does not speak of: new
      – 1 target by --leave-out

    The state has no checksums: those of the files as they are now are taken. Its times are taken as UTC."
  `);
});
