import type { Fault } from '@bfm/core';
import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm } from './support/cli.ts';
import { makeTree, upFile, type Files } from './support/migration-tree.ts';

describe.each(POSTGRES_MAJORS)('an unqualified ALTER or DROP on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const env = { CORE_SCHEMA: '' };

  beforeAll(async () => {
    buildCli();
    await db.query(`CREATE TABLE public.users (id int); CREATE TYPE public.mood AS ENUM ('ok');
      CREATE FUNCTION public.total() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE public.only_there (id int);
      CREATE SCHEMA complete; CREATE TABLE complete.users (id int); CREATE TYPE complete.mood AS ENUM ('ok');
      CREATE FUNCTION complete.total() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
  });

  async function warningsOf(files: Files, ...args: readonly string[]): Promise<readonly Fault[]> {
    using tree = makeTree(files);
    const end = await bfm({ db, tree, env }, 'plan', '--json', '--allow-non-empty', ...args);
    expect(end.stderr).toBe('');
    return (JSON.parse(end.stdout) as { readonly warnings: readonly Fault[] }).warnings;
  }

  const CHANGES =
    "SELECT 1;\nALTER TABLE users ADD note text;\nDROP FUNCTION IF EXISTS total();\nALTER TYPE mood RENAME VALUE 'ok' TO 'good';\n";

  it('is warned of where it would change what all targets share, with the place and the targets', async () => {
    const warnings = await warningsOf(
      { [upFile(1)]: CHANGES },
      '--schema=new',
      '--schema=complete',
      '--schema=other',
    );
    expect(warnings.map(({ code, where }) => `${code} ${where.line ?? 0}:${where.column ?? 0}`)).toEqual([
      'migration.falls_through 2:1',
      'migration.falls_through 3:1',
      'migration.falls_through 4:1',
    ]);
    expect(warnings[0]?.message).toBe(
      '20250102000001_case1_postgresql_core alters or drops relation users without its schema, and would do so to public.users: new, other have no users',
    );
    expect(warnings[0]?.mend).toBe('write {{.Schema}}.users (or public.users, if that is meant)');
    using tree = makeTree({ [upFile(1)]: CHANGES });
    const text = await bfm({ db, tree, env }, 'plan', '--schema=new');
    expect(text.stdout).toContain(
      'warning[migration.falls_through]: 20250102000001_case1_postgresql_core alters',
    );
    expect(text.stdout).toContain(`${upFile(1)}:2`);
  });

  it('is no matter where the target has what it names, or nobody has', async () => {
    expect(await warningsOf({ [upFile(1)]: CHANGES }, '--schema=complete')).toEqual([]);
    const nowhere = 'DROP TABLE IF EXISTS nothing;\nDROP TABLE IF EXISTS public.users;';
    expect(await warningsOf({ [upFile(1)]: nowhere }, '--schema=new')).toEqual([]);
  });

  it('is no matter where a migration before it in the plan, or a statement before it, makes what it names', async () => {
    const files = {
      [upFile(1)]: 'CREATE TABLE users (id int);',
      [upFile(2)]:
        'ALTER TABLE users ADD note text;\nCREATE TABLE only_there (id int);\nDROP TABLE only_there;',
    };
    expect(await warningsOf(files, '--schema=new')).toEqual([]);
  });

  it('of a migration that is fixed in public is what it says', async () => {
    const files = { [upFile(1)]: '-- bfm: schema=public\nALTER TABLE users ADD note text;' };
    expect(await warningsOf(files)).toEqual([]);
  });
});
