import { join } from 'node:path';
import { EFFECT_LOG, findUnsound, logEffect, useTestDatabase, type TestDatabase } from '@bfm/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { makeTree } from '../bad-input/support/migration-tree.ts';
import { buildCli, connectionsTo } from '../support/bfm.ts';

const STORES = ['app', 'events', 'rules'] as const;

/** Steps of a tenant in the order they run: two in each store, each store behind the one before. */
export const ORDER = STORES.flatMap((store) => [`${store}_1`, `${store}_2`]);

/** Fails while the table `public.broken` has a row. */
const FAILS_WHEN_BROKEN = `SELECT 1 / (1 - count(*)) FROM public.broken`;

/** Three databases with a connection each, and migrations of tenants in all of them. */
export interface ThreeStores {
  readonly sfm: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The tenant of the test that runs: each has one of its own. */
  readonly tenant: () => string;
  /** The last step fails from now on. */
  readonly breakLast: () => Promise<void>;
  readonly mendLast: () => Promise<void>;
  /** Which of the steps' tables are there, in the order of the steps. */
  readonly there: () => Promise<readonly string[]>;
  /** What is unsound in any of the databases. */
  readonly unsound: () => Promise<readonly string[]>;
}

/** Makes them for the `describe` block that calls it. */
export async function useThreeStores(): Promise<ThreeStores> {
  const [first, second, last] = [
    await useTestDatabase(18),
    await useTestDatabase(18),
    await useTestDatabase(15),
  ];
  const databases: readonly TestDatabase[] = [first, second, last];
  const tree = makeTree(toFiles());
  let number = 0;
  const tenant = (): string => `t${number}`;
  const mendLast = async (): Promise<void> => {
    await last.query('TRUNCATE public.broken');
  };
  beforeAll(async () => {
    buildCli();
    for (const db of databases) await db.query(`${EFFECT_LOG}; CREATE TABLE public.broken (yes bool)`);
  });
  beforeEach(async () => {
    number += 1;
    await mendLast();
  });
  afterAll(() => {
    tree[Symbol.dispose]();
  });
  return {
    sfm: tree.root,
    environment: {
      ...connectionsTo(first.url, 'app'),
      ...connectionsTo(second.url, 'events'),
      ...connectionsTo(last.url, 'rules'),
    },
    tenant,
    mendLast,
    breakLast: async () => {
      await last.query('INSERT INTO public.broken VALUES (true)');
    },
    there: async () => {
      const found = await Promise.all(databases.map((db) => db.query<{ name: string }>(TABLES, [tenant()])));
      const names = new Set(found.flat().map(({ name }) => name));
      return ORDER.filter((name) => names.has(name));
    },
    unsound: async () => (await Promise.all(databases.map(({ url }) => findUnsound({ url })))).flat(),
  };
}

const TABLES = 'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1';

function toFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [place, store] of STORES.entries()) {
    const before = STORES[place - 1];
    for (const number of [1, 2]) {
      const name = `${store}_${number}`;
      const stem = join('postgresql', store, `2025010100000${number}_${name}`);
      const behind = number === 1 && before !== undefined ? `-- bfm: depends-on=${before}/${before}_2\n` : '';
      const check = store === 'rules' && number === 2 ? `${FAILS_WHEN_BROKEN};\n` : '';
      files[`${stem}.up.sql`] = `${behind}CREATE TABLE ${name} (id int);\n${logEffect(name)};\n${check}`;
      files[`${stem}.down.sql`] = `${logEffect(name, 'down')};\nDROP TABLE ${name};\n`;
    }
  }
  return files;
}
