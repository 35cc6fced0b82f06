import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, errorOf, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { makeTree, upFile } from './support/migration-tree.ts';
import { bytesOf, NAUGHTY_STRINGS } from './support/naughty-strings.ts';

/** By the rules of PostgreSQL and of BFM, written down a second time. */
function mayBeSchema(text: string): boolean {
  const isReserved = /^pg_/.test(text) || text === 'information_schema' || text === 'bfm';
  return bytesOf(text) >= 1 && bytesOf(text) <= 63 && !isReserved;
}

const ACCEPTED = NAUGHTY_STRINGS.filter(mayBeSchema);
const REFUSED = NAUGHTY_STRINGS.filter((text) => !mayBeSchema(text));
// `public` is there already, and not empty once a tenant has been put there.
const NEW = ACCEPTED.filter((text) => text !== 'public');

/** A name may look like an option. */
function toOption(name: string): string {
  return `--schema=${name}`;
}

const FILES = {
  [upFile(1)]:
    'CREATE TABLE t (id int, made_in text);\nCREATE VIEW {{.Schema}}.v AS SELECT id FROM {{.Schema}}.t;\n',
  [upFile(2)]: 'INSERT INTO t VALUES (1, current_schema());\n',
};

describe('naughty strings as schema names', async () => {
  const db = await useTestDatabase(18);
  const env = { CORE_SCHEMA: '' };
  const byOption = NEW.filter((_, index) => index % 2 === 0);
  const byQuery = NEW.filter((_, index) => index % 2 === 1);

  beforeAll(async () => {
    buildCli();
    await db.query('CREATE TABLE public.tenants (name text)');
    await db.query('INSERT INTO public.tenants SELECT unnest($1::text[])', [byQuery]);
  });

  it('are refused all at once, each with its reason, and nothing changes', async () => {
    using tree = makeTree(FILES);
    const before = await databaseImage(db);
    const args = REFUSED.map(toOption);
    const json = await bfm({ db, tree, env }, 'up', '--json', ...args);
    expect(json).toMatchObject({ code: 2, stdout: '' });
    const error = errorOf(json);
    expect(error.code).toBe('name.invalid');
    const { refused } = error.details as { readonly refused: readonly string[] };
    expect(refused).toHaveLength(REFUSED.length);
    for (const reason of refused) {
      expect(reason).toMatch(/cannot be empty|has \d+ bytes|start with pg_|belongs to PostgreSQL|own ledger/);
    }
    const text = await bfm({ db, tree, env }, 'up', ...args);
    expect(text.code).toBe(2);
    expect(text.stderr + json.stderr).not.toMatch(UNSAFE);
    expect(await databaseImage(db)).toBe(before);
  });

  it('are made exactly as they are, given one by one and by a query', async () => {
    using tree = makeTree(FILES);
    const options = byOption.map(toOption);
    const list = ['--schemas-from', 'SELECT name FROM public.tenants', '--create-schemas'];
    const end = await bfm({ db, tree, env }, 'up', ...options, ...list);
    expect(end).toMatchObject({ code: 0 });
    expect(end.stdout + end.stderr).not.toMatch(UNSAFE);
    const rows = await db.query<{ name: string }>(
      "SELECT nspname AS name FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'bfm', 'public')",
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(NEW.toSorted());
  });

  it('hold what their migrations made, each its own', async () => {
    const rows = await db.query<{ name: string; xml: string }>(
      `SELECT n.nspname AS name, query_to_xml(format('SELECT made_in = %L AS own FROM %I.t JOIN %I.v USING (id)', n.nspname, n.nspname, n.nspname), false, true, '')::text AS xml
       FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 't'`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(NEW.toSorted());
    expect(rows.filter(({ xml }) => !xml.includes('<own>true</own>'))).toEqual([]);
  });

  it('are in the ledger and in status as they are', async () => {
    using tree = makeTree(FILES);
    const scopes = await db.query<{ name: string }>('SELECT schema_name AS name FROM bfm.scope');
    expect(scopes.map(({ name }) => name).sort()).toEqual(NEW.toSorted());
    const json = await bfm({ db, tree, env }, 'status', '--json');
    expect(json.code).toBe(0);
    const { targets } = JSON.parse(json.stdout) as {
      targets: readonly { schema: string; applied: number; pending: readonly string[] }[];
    };
    expect(targets.map(({ schema }) => schema).sort()).toEqual(NEW.toSorted());
    expect(targets.filter(({ applied, pending }) => applied !== 2 || pending.length > 0)).toEqual([]);
    const named = await bfm({ db, tree, env }, 'status', ...byOption.map(toOption));
    const history = await bfm({ db, tree, env }, 'history', '--limit', '1000');
    expect([named.code, history.code]).toEqual([0, 0]);
    expect(json.stdout + named.stdout + history.stdout).not.toMatch(UNSAFE);
  });

  it('have nothing to do the second time, and leave nothing when rolled back', async () => {
    using tree = makeTree(FILES);
    const options = byOption.map(toOption);
    const again = await bfm({ db, tree, env }, 'up', '--json', ...options);
    expect(JSON.parse(again.stdout)).toMatchObject({ steps: [] });
  });
});
