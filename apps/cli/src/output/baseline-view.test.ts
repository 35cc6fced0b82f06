import type { BaselinePlan, SchemaKind } from '@bfm/service';
import { expect, it } from 'vitest';
import { catalogOf, connection, plainLook, schema, shown, step, target } from '../../test/sample.ts';
import { baselineView } from './baseline-view.ts';
import { displayWidth } from './fit.ts';

const STEPS = [step('20250101000000', 'create_users', []), step('20250102000000', 'add_mail', [])];

function plan(kinds: readonly SchemaKind[], steps = STEPS): BaselinePlan {
  const { migrations } = catalogOf(steps, null);
  const edit = {
    kind: 'baselined',
    action: 'baseline',
    reason: null,
    changes: [],
    deferred: [],
    done: null,
    detail: {},
  } as const;
  const schemas = kinds.flatMap((kind) => kind.schemas);
  return {
    groups: [{ backend: 'postgresql', connection: connection('core'), migrations, kinds }],
    edits: schemas.map((name) => ({ target: target(name), edit, catalogChecksum: null })),
    skips: [],
  };
}

function kind(
  checksum: string,
  names: readonly string[],
  differences: SchemaKind['differences'] = null,
): SchemaKind {
  return { catalogChecksum: checksum.repeat(64), schemas: names.map(schema), differences };
}

it('shows what is marked where', () => {
  expect(shown(baselineView(plan([kind('a', ['shop'])]), plainLook(80)))).toMatchInlineSnapshot(`
    "Baseline: mark 2 migrations as applied on 1 target, without running them

    core/shop
      20250101000000 create_users
      20250102000000 add_mail
      1 schema (catalog aaaaaaaaaaaa)"
  `);
});

it('shows the odd schemas and how they differ', () => {
  const many = Array.from({ length: 998 }, (_, index) => `cli_${String(index).padStart(4, '0')}`);
  const odd = kind('b', ['cli_7777', 'cli_8888'], {
    lacks: ['column orders.total numeric(10,2) not null', 'columns of orders: id, total'],
    has: ['columns of orders: id', 'table left_over', 'index x on orders: CREATE\n INDEX'],
  });
  const lines = baselineView(plan([kind('a', many), odd, kind('c', ['cli_9999'])]), plainLook(80));
  expect(shown(lines)).toMatchInlineSnapshot(`
    "Baseline: mark 2 migrations as applied on 1,001 targets, without running them

    core: 1,001 schemas: cli_0000, cli_0001, cli_0002, cli_0003 and 997 more
      20250101000000 create_users
      20250102000000 add_mail
      998 of 1,001 schemas are identical (catalog aaaaaaaaaaaa)
      3 differ:
        cli_7777, cli_8888 (catalog bbbbbbbbbbbb)
          lacks column orders.total numeric(10,2) not null
          lacks columns of orders: id, total
          has columns of orders: id
          has table left_over
          and 1 more difference
        cli_9999 (catalog cccccccccccc)"
  `);
});

it('stays within its width and shows only the ends of a long list', () => {
  const long = 'x'.repeat(63);
  const steps = Array.from({ length: 40 }, (_, index) =>
    step(`202501010000${String(index).padStart(2, '0')}`, long, []),
  );
  const odd = kind('b', [`${long}1`], { lacks: [], has: [`column ${long}.${long} text`] });
  const lines = baselineView(plan([kind('a', [long]), odd], steps), plainLook(80));
  expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
  expect(lines.length).toBeLessThan(30);
});
